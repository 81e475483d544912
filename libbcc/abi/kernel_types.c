/* SPDX-License-Identifier: Apache-2.0 */
/* What clients ask of the kernel's types. */
#include "abi.h"

#include <bpf/btf.h>
#include <string.h>
#include <unistd.h>

#define MAX_DEPTH 16

bool bpf_has_kernel_btf(void)
{
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

/* Members of nameless structs count as the outer one's. */
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

int kernel_struct_has_field(const char *struct_name, const char *field_name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id, ret = -1;

	if (!btf)
		return -1;
	id = btf__find_by_name_kind(btf, struct_name, BTF_KIND_STRUCT);
	if (id > 0)
		ret = has_field(btf, btf__type_by_id(btf, id), field_name, 0);
	btf__free(btf);
	return ret;
}
