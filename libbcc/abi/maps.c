/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on maps by descriptor: the bpf() system call with BCC's names and returns. */
#include "abi.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libbcc/kernel/object_name.h"

static int abi_maps_create(const struct bcc_create_map_attr *attr, bool allow_rlimit)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = attr->map_flags, .numa_node = attr->numa_node,
		.map_ifindex = attr->map_ifindex);
	char name[BPF_OBJ_NAME_LEN];
	int fd;

	bcc_kernel_name(name, attr->name ? attr->name : "");
	if (attr->map_type == BPF_MAP_TYPE_STRUCT_OPS)
		opts.btf_vmlinux_value_type_id = attr->btf_vmlinux_value_type_id;
	else
		opts.inner_map_fd = attr->inner_map_fd;
	if (attr->btf_key_type_id || attr->btf_value_type_id) {
		opts.btf_fd = attr->btf_fd;
		opts.btf_key_type_id = attr->btf_key_type_id;
		opts.btf_value_type_id = attr->btf_value_type_id;
	}
	fd = bpf_map_create(attr->map_type, name, attr->key_size, attr->value_size, attr->max_entries, &opts);
	if (fd == -EPERM && allow_rlimit) {
		bcc_abi_lift_memory_limit();
		fd = bpf_map_create(
			attr->map_type, name, attr->key_size, attr->value_size, attr->max_entries, &opts);
	}
	return bcc_abi_result(fd);
}

int bcc_create_map_xattr(struct bcc_create_map_attr *attr, bool allow_rlimit)
{
	return attr ? abi_maps_create(attr, allow_rlimit) : bcc_abi_result(-EINVAL);
}

int bcc_create_map(enum bpf_map_type map_type, const char *name, int key_size, int value_size,
	int max_entries, int map_flags)
{
	struct bcc_create_map_attr attr = {.name = name,
		.map_type = map_type,
		.map_flags = map_flags,
		.key_size = key_size,
		.value_size = value_size,
		.max_entries = max_entries};

	return bcc_create_map_xattr(&attr, true);
}

int bpf_update_elem(int fd, void *key, void *value, unsigned long long flags)
{
	return bcc_abi_result(bpf_map_update_elem(fd, key, value, flags));
}

int bpf_lookup_elem(int fd, void *key, void *value)
{
	return bcc_abi_result(bpf_map_lookup_elem(fd, key, value));
}

int bpf_delete_elem(int fd, void *key)
{
	return bcc_abi_result(bpf_map_delete_elem(fd, key));
}

int bpf_get_first_key(int fd, void *key, size_t key_size)
{
	return bcc_abi_result(bpf_map_get_next_key(fd, NULL, key));
}

int bpf_get_next_key(int fd, void *key, void *next_key)
{
	return bcc_abi_result(bpf_map_get_next_key(fd, key, next_key));
}

int bpf_lookup_and_delete(int fd, void *key, void *value)
{
	return bcc_abi_result(bpf_map_lookup_and_delete_elem(fd, key, value));
}

int bpf_lookup_batch(
	int fd, uint32_t *in_batch, uint32_t *out_batch, void *keys, void *values, uint32_t *count)
{
	if (!count)
		return bcc_abi_result(-EINVAL);
	return bcc_abi_result(bpf_map_lookup_batch(fd, in_batch, out_batch, keys, values, count, NULL));
}

int bpf_delete_batch(int fd, void *keys, uint32_t *count)
{
	if (!count)
		return bcc_abi_result(-EINVAL);
	return bcc_abi_result(bpf_map_delete_batch(fd, keys, count, NULL));
}

int bpf_update_batch(int fd, void *keys, void *values, uint32_t *count)
{
	if (!count)
		return bcc_abi_result(-EINVAL);
	return bcc_abi_result(bpf_map_update_batch(fd, keys, values, count, NULL));
}

int bpf_lookup_and_delete_batch(
	int fd, uint32_t *in_batch, uint32_t *out_batch, void *keys, void *values, uint32_t *count)
{
	if (!count)
		return bcc_abi_result(-EINVAL);
	return bcc_abi_result(
		bpf_map_lookup_and_delete_batch(fd, in_batch, out_batch, keys, values, count, NULL));
}

int bpf_obj_get_info(int prog_map_fd, void *info, uint32_t *info_len)
{
	if (!info || !info_len)
		return bcc_abi_result(-EINVAL);
	return bcc_abi_result(bpf_obj_get_info_by_fd(prog_map_fd, info, info_len));
}
