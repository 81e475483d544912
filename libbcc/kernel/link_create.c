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

int bcc_raw_tracepoint_open(const char *name, int prog_fd, uint64_t cookie)
{
	const struct {
		uint64_t name;
		uint32_t prog_fd, reserved;
		uint64_t cookie;
	} attr = {.name = (uintptr_t)name, .prog_fd = (uint32_t)prog_fd, .cookie = cookie};
	long fd = syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));

	return fd < 0 ? -errno : (int)fd;
}

int bcc_hook_query(struct bcc_hook_query *query)
{
	return syscall(SYS_bpf, BPF_PROG_QUERY, query, sizeof(*query)) < 0 ? -errno : 0;
}
