/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the kernel that make tables and load types, for fuzzers that read objects: all succeed, and
 * the kernel has no types. */
#ifndef TESTS_FUZZ_NO_KERNEL_H
#define TESTS_FUZZ_NO_KERNEL_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>

#include "libbcc/kernel/btf_folder.h"

static int new_fd(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int bpf_map_create(enum bpf_map_type type, const char *name, uint32_t key, uint32_t value, uint32_t max,
	const struct bpf_map_create_opts *opts)
{
	return new_fd();
}

int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
{
	return 0;
}

int bpf_btf_load(const void *data, size_t size, const struct bpf_btf_load_opts *opts)
{
	return new_fd();
}

int bcc_btf_folder_open(void)
{
	return -ENOENT;
}

struct btf *btf__load_vmlinux_btf(void)
{
	return btf__new_empty();
}

#endif
