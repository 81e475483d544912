/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs of functions that the kernel calls (object/struct_ops.h). Only by a link: without one, before
 * Linux 6.4, what is registered would stay in the kernel when the process ends.
 */
#include "libbcc/object/struct_ops.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/kernel_bpf.h"
#include "common/kernel_errno.h"
#include "libbcc/kernel/kernel_btf.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/object_name.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/object/object.h"
#include "attach.h"
#include "unattached.h"

static bool struct_ops_have_links(struct bcc *b)
{
	const struct btf *kernel;
	const struct btf_type *t;
	int id;

	if (bcc_kernel_btf_get(b, &kernel))
		return false;
	id = btf__find_by_name_kind(kernel, "bpf_attach_type", BTF_KIND_ENUM);
	t = id > 0 ? btf__type_by_id(kernel, id) : NULL;
	for (int i = 0; t && i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(kernel, btf_enum(t)[i].name_off), "BPF_STRUCT_OPS"))
			return true;
	return false;
}

/* The kernel's copy of the struct, with descriptors of programs in the places of functions. */
static int struct_ops_fill(struct bcc *b, const struct bcc_struct_ops *ops, int map)
{
	bcc_auto_free uint8_t *value = malloc(ops->bytes ? ops->bytes : 1);
	const uint32_t zero = 0;

	if (!value)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	memcpy(value, ops->value, ops->bytes);
	for (size_t i = 0; i < ops->function_count; i++) {
		int fd = bcc_program_load(ops->functions[i].program, BCC_PROG_TYPE_AUTO, NULL);
		uint64_t descriptor = fd;

		if (fd < 0)
			return bcc_fail_at_program(ops->functions[i].program, fd);
		memcpy(value + ops->functions[i].at, &descriptor, sizeof(descriptor));
	}
	return bpf_map_update_elem(map, &zero, value, 0);
}

static int struct_ops_refused(struct bcc *b, const struct bcc_struct_ops *ops, int code)
{
	if (code == -EPERM)
		return bcc_fail_permission(&b->err, "%s (%s) cannot be registered", ops->name, ops->type);
	if (code == -EEXIST)
		return bcc_fail(
			&b->err, code, "%s: the kernel has a %s of that name already", ops->name, ops->type);
	if (code == -KERNEL_ENOTSUPP || code == -EOPNOTSUPP)
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s (%s): this kernel or architecture has no BPF trampolines, which this needs",
			ops->name, ops->type);
	return bcc_fail(&b->err, code, "the kernel refuses %s (%s): %s%s", ops->name, ops->type,
		strerror(-code),
		code == -EINVAL
			? " (a member that it needs may be missing, or it does not let programs set one)"
			: "");
}

static int struct_ops_attach(struct bcc *b, const struct bcc_struct_ops *ops, struct bcc_link **link)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .btf_vmlinux_value_type_id = ops->value_type,
		.map_flags = KERNEL_BPF_F_LINK, .btf_fd = b->btf_fd);
	char name[BPF_OBJ_NAME_LEN];
	bcc_auto_fd int map = -1;
	int ret;

	if (ops->refusal)
		return bcc_fail(&b->err, -ESRCH, "%s", ops->refusal);
	if (!struct_ops_have_links(b))
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s (%s): this needs Linux 6.4; before it, the kernel would keep the struct when this program ends",
			ops->name, ops->type);
	/* the kernel takes the struct from its own types, and wants the text's too */
	if (b->btf_fd < 0)
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s (%s): the kernel did not take the text's types (BTF), without which it makes no such tables",
			ops->name, ops->type);
	bcc_kernel_name(name, ops->name);
	map = bpf_map_create(BPF_MAP_TYPE_STRUCT_OPS, name, sizeof(uint32_t), ops->bytes, 1, &opts);
	if (map < 0)
		return struct_ops_refused(b, ops, map);
	bcc_err_clear(&b->err);
	ret = struct_ops_fill(b, ops, map);
	if (ret == 0)
		ret = bpf_link_create(map, 0, KERNEL_BPF_STRUCT_OPS, NULL);
	if (ret < 0)
		return b->err.code == ret ? ret : struct_ops_refused(b, ops, ret);
	return bcc_link_add_typed(b, BPF_PROG_TYPE_STRUCT_OPS, 0, &ret, 1, link);
}

int bcc_attach_struct_ops(struct bcc *b, const char *name, struct bcc_link **link)
{
	int ret;

	if (!b)
		return -EINVAL;
	if (!name || !*name)
		return bcc_fail(&b->err, -EINVAL, "the name of the struct to attach is missing");
	ret = bcc_object_create(b);
	for (size_t i = 0; ret == 0 && i < b->object->struct_ops_count; i++)
		if (!strcmp(b->object->struct_ops[i].name, name))
			return struct_ops_attach(b, &b->object->struct_ops[i], link);
	return ret ? ret
		   : bcc_fail(&b->err, -ENOENT, "the text has no struct \"%s\" in section .struct_ops.link",
			     name);
}
