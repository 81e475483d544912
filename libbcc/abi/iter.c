/* SPDX-License-Identifier: Apache-2.0 */
/* Iterators: programs whose output is read from a descriptor. */
#include "abi.h"

#include <bpf/bpf.h>
#include <string.h>

int bcc_iter_attach(int prog_fd, union bpf_iter_link_info *link_info, uint32_t link_info_len)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = link_info, .iter_info_len = link_info_len);
	int fd = bpf_link_create(prog_fd, 0, BPF_TRACE_ITER, &opts);

	return fd >= 0 ? fd : bcc_abi_fail(fd, "the iterator program cannot be attached: %s", strerror(-fd));
}

int bcc_iter_create(int link_fd)
{
	int fd = bpf_iter_create(link_fd);

	return fd >= 0 ? fd : bcc_abi_fail(fd, "the iterator cannot be opened: %s", strerror(-fd));
}
