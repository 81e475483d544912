/* SPDX-License-Identifier: Apache-2.0 */
/* No type of the kernel's is trusted here either: it may come from a caller's file. */
#include "core.h"

const struct btf_type *core_type(const struct core_types *types, uint32_t id)
{
	static const struct btf_type nothing; /* void */

	if (types->btf)
		return btf__type_by_id(types->btf, id);
	if (!id)
		return &nothing;
	return id < types->raw->type_count ? bcc_btf_type_at(types->raw, id) : NULL;
}

const char *core_string(const struct core_types *types, uint32_t offset)
{
	const char *string;

	if (!types->btf)
		return offset < types->raw->string_size ? types->raw->strings + offset : "";
	string = btf__str_by_offset(types->btf, offset);
	return string ? string : "";
}

uint32_t core_type_count(const struct core_types *types)
{
	return types->btf ? btf__type_cnt(types->btf) : types->raw->type_count;
}

static const struct btf_type *core_type_at(const void *types, uint32_t id)
{
	return core_type(types, id);
}

const struct btf_type *core_skip_modifiers(const struct core_types *types, uint32_t id, uint32_t *resolved)
{
	return bcc_btf_skip_modifiers_of(core_type_at, types, id, resolved);
}

int64_t core_size(const struct core_types *types, uint32_t id)
{
	uint64_t elements = 1;

	for (int depth = 0; depth < 32; depth++) {
		const struct btf_type *t = core_skip_modifiers(types, id, NULL);
		uint64_t size;

		if (!t)
			return -1;
		if (btf_is_array(t)) {
			elements *= btf_array(t)->nelems;
			id = btf_array(t)->type;
			if (elements > UINT32_MAX)
				return -1;
			continue;
		}
		if (btf_is_ptr(t))
			size = 8;
		else if (btf_is_int(t) || btf_is_composite(t) || btf_is_any_enum(t) || btf_is_float(t))
			size = t->size;
		else
			return -1;
		return elements * size <= UINT32_MAX ? (int64_t)(elements * size) : -1;
	}
	return -1;
}
