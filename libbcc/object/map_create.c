/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_MAP_CREATE, and what to report if the kernel refuses. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/kernel_errno.h"
#include "libbcc/kernel/map_type.h"
#include "libbcc/kernel/object_name.h"
#include "libbcc/kernel/permission.h"
#include "build.h"

int bcc_map_create(const struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd)
{
	char kernel_name[BPF_OBJ_NAME_LEN];
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = def->flags, .map_extra = def->extra,
		.numa_node = def->numa_node);
	int fd, again;

	bcc_kernel_name(kernel_name, name);
	if (inner_fd >= 0)
		opts.inner_map_fd = inner_fd;
	if (b->btf_fd >= 0 && def->btf_value_type && !bcc_map_has(def->type, BCC_MAP_NO_BTF)) {
		opts.btf_fd = b->btf_fd;
		opts.btf_key_type_id = def->btf_key_type;
		opts.btf_value_type_id = def->btf_value_type;
	}
	fd = bpf_map_create(def->type, kernel_name, def->key_size, def->value_size, def->max_entries, &opts);
	if (fd >= 0 || fd == -EPERM || !opts.btf_fd)
		return fd;
	opts.btf_fd = opts.btf_key_type_id = opts.btf_value_type_id = 0;
	again = bpf_map_create(
		def->type, kernel_name, def->key_size, def->value_size, def->max_entries, &opts);
	return again >= 0 ? again : fd;
}

static int table_create_failed(struct bcc *b, const char *name, const struct bcc_map_def *def, int code)
{
	struct bcc_err *err = &b->err;
	const char *hint = "";

	if (code == -EPERM)
		return bcc_fail_permission(err, "table %s cannot be created", name);
	if (code == -KERNEL_ENOTSUPP)
		code = -EOPNOTSUPP;
	if (code == -ENOSYS)
		return bcc_fail(
			err, code, "table %s cannot be created: this kernel has no bpf() system call", name);
	if (code == -EINVAL)
		hint = def->max_entries
			       ? " (the kernel does not know this type, or not with these sizes or flags)"
			       : " (the number of entries is missing)";
	if (code == -E2BIG)
		hint = " (the key, the value or the table is too large for the kernel)";
	return bcc_fail(err, code,
		"table %s cannot be created: %s%s; type %s, key %u bytes, value %u bytes, %u entries, flags %#x",
		name, strerror(-code), hint, bcc_map_type_name(def->type), def->key_size, def->value_size,
		def->max_entries, def->flags);
}

int bcc_table_create(struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd, int *out)
{
	if (inner_fd < 0 && bcc_map_has(def->type, BCC_MAP_OF_MAPS))
		return bcc_fail(&b->err, -EINVAL,
			"table %s: the template for its inner tables is missing: use \"array_of_maps$NAME\" or \"hash_of_maps$NAME\" with the NAME of a table in the text, or __array(values, …) in libbpf's dialect",
			name);
	*out = bcc_map_create(b, name, def, inner_fd);
	return *out < 0 ? table_create_failed(b, name, def, *out) : 0;
}

int bcc_table_create_inner(struct bcc *b, const char *name, const struct bcc_map_def *def, int *out)
{
	*out = bcc_map_create(b, "inner", def, -1);
	return *out < 0 ? table_create_failed(b, name, def, *out) : 0;
}
