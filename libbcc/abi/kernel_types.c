/* SPDX-License-Identifier: Apache-2.0 */
/* What clients ask about the kernel's types. */
#include "abi.h"

#include <bpf/btf.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"

#define MAX_DEPTH 16

bool bpf_has_kernel_btf(void)
{
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

/* Members of anonymous structs count as members of the outer one. */
static bool has_field(const struct btf *btf, const struct btf_type *type, const char *field, int depth)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type) && depth < MAX_DEPTH; i++, member++) {
		const char *name = btf__name_by_offset(btf, member->name_off);
		const struct btf_type *inner = btf__type_by_id(btf, member->type);

		if (!strcmp(name, field))
			return true;
		if (!*name && inner && btf_is_composite(inner) && has_field(btf, inner, field, depth + 1))
			return true;
	}
	return false;
}

/* Fields that newer kernels have renamed; what clients conclude from them still holds. Tools take this one in
 * struct renamedata as the sign that vfs_create(), vfs_unlink() and vfs_rmdir() have one more argument in
 * front, and vfs_rename() only one. */
static const struct {
	const char *type, *field, *now;
} renamed[] = {
	{"renamedata", "old_mnt_userns", "old_mnt_idmap"}, /* 6.3 */
	{"renamedata", "old_mnt_userns", "mnt_idmap"},	   /* later */
};

static bool has_field_now(const struct btf *btf, const struct btf_type *type, const char *field)
{
	const char *name = btf__name_by_offset(btf, type->name_off);

	for (size_t i = 0; i < ARRAY_SIZE(renamed); i++)
		if (!strcmp(renamed[i].type, name) && !strcmp(renamed[i].field, field) &&
			has_field(btf, type, renamed[i].now, 0))
			return true;
	return has_field(btf, type, field, 0);
}

int kernel_struct_has_field(const char *struct_name, const char *field_name)
{
	struct btf *btf = struct_name && field_name ? btf__load_vmlinux_btf() : NULL;
	int id, ret = -1;

	if (!btf)
		return -1;
	id = btf__find_by_name_kind(btf, struct_name, BTF_KIND_STRUCT);
	if (id > 0)
		ret = has_field_now(btf, btf__type_by_id(btf, id), field_name);
	btf__free(btf);
	return ret;
}

static bool has_value(const struct btf *btf, const struct btf_type *type, const char *value)
{
	for (int i = 0; i < btf_vlen(type); i++) {
		uint32_t name =
			btf_is_enum64(type) ? btf_enum64(type)[i].name_off : btf_enum(type)[i].name_off;

		if (!strcmp(btf__name_by_offset(btf, name), value))
			return true;
	}
	return false;
}

/* In one of the enums that have no names. */
static bool has_unnamed_value(const struct btf *btf, const char *value)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_is_any_enum(type) && !type->name_off && has_value(btf, type, value))
			return true;
	}
	return false;
}

int kernel_enum_has_val(const char *enum_name, const char *val_name)
{
	struct btf *btf = val_name ? btf__load_vmlinux_btf() : NULL;
	int id, ret = -1;

	if (!btf)
		return -1;
	if (!enum_name || !*enum_name) {
		ret = has_unnamed_value(btf, val_name);
		btf__free(btf);
		return ret;
	}
	id = btf__find_by_name_kind(btf, enum_name, BTF_KIND_ENUM);
	if (id <= 0)
		id = btf__find_by_name_kind(btf, enum_name, BTF_KIND_ENUM64);
	if (id > 0)
		ret = has_value(btf, btf__type_by_id(btf, id), val_name);
	btf__free(btf);
	return ret;
}
