/* SPDX-License-Identifier: Apache-2.0 */
#include "link_create.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

int bcc_link_create(const struct bcc_link_create *link)
{
	long fd = syscall(SYS_bpf, BPF_LINK_CREATE, link, sizeof(*link));

	return fd < 0 ? -errno : (int)fd;
}

int bcc_hook_query(struct bcc_hook_query *query)
{
	return syscall(SYS_bpf, BPF_PROG_QUERY, query, sizeof(*query)) < 0 ? -errno : 0;
}
