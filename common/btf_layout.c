/* SPDX-License-Identifier: Apache-2.0 */
#include "btf_layout.h"

#include <stdbool.h>

#define TYPE sizeof(struct btf_type)

const struct bcc_btf_kind_size bcc_btf_kind_sizes[32] = {
	[BTF_KIND_INT] = {TYPE + sizeof(uint32_t), 0},
	[BTF_KIND_PTR] = {TYPE, 0},
	[BTF_KIND_ARRAY] = {TYPE + sizeof(struct btf_array), 0},
	[BTF_KIND_STRUCT] = {TYPE, sizeof(struct btf_member)},
	[BTF_KIND_UNION] = {TYPE, sizeof(struct btf_member)},
	[BTF_KIND_ENUM] = {TYPE, sizeof(struct btf_enum)},
	[BTF_KIND_FWD] = {TYPE, 0},
	[BTF_KIND_TYPEDEF] = {TYPE, 0},
	[BTF_KIND_VOLATILE] = {TYPE, 0},
	[BTF_KIND_CONST] = {TYPE, 0},
	[BTF_KIND_RESTRICT] = {TYPE, 0},
	[BTF_KIND_FUNC] = {TYPE, 0},
	[BTF_KIND_FUNC_PROTO] = {TYPE, sizeof(struct btf_param)},
	[BTF_KIND_VAR] = {TYPE + sizeof(uint32_t), 0},
	[BTF_KIND_DATASEC] = {TYPE, sizeof(struct btf_var_secinfo)},
	[BTF_KIND_FLOAT] = {TYPE, 0},
	[BTF_KIND_DECL_TAG] = {TYPE + sizeof(uint32_t), 0},
	[BTF_KIND_TYPE_TAG] = {TYPE, 0},
	[BTF_KIND_ENUM64] = {TYPE, sizeof(struct btf_enum64)},
};

static bool btf_layout_has_size(const struct btf_type *t)
{
	return btf_is_int(t) || btf_is_composite(t) || btf_is_any_enum(t) || btf_is_float(t) ||
	       btf_is_datasec(t);
}

static void visit_elements(struct btf_type *t, const struct bcc_btf_visitor *v)
{
	uint32_t count = btf_vlen(t);

	switch (btf_kind(t)) {
	case BTF_KIND_ARRAY:
		v->type(v->ctx, &btf_array(t)->type);
		v->type(v->ctx, &btf_array(t)->index_type);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (uint32_t i = 0; i < count; i++) {
			v->string(v->ctx, &btf_members(t)[i].name_off);
			v->type(v->ctx, &btf_members(t)[i].type);
		}
		break;
	case BTF_KIND_ENUM:
		for (uint32_t i = 0; i < count; i++)
			v->string(v->ctx, &btf_enum(t)[i].name_off);
		break;
	case BTF_KIND_ENUM64:
		for (uint32_t i = 0; i < count; i++)
			v->string(v->ctx, &btf_enum64(t)[i].name_off);
		break;
	case BTF_KIND_FUNC_PROTO:
		for (uint32_t i = 0; i < count; i++) {
			v->string(v->ctx, &btf_params(t)[i].name_off);
			v->type(v->ctx, &btf_params(t)[i].type);
		}
		break;
	case BTF_KIND_DATASEC:
		for (uint32_t i = 0; i < count; i++)
			v->type(v->ctx, &btf_var_secinfos(t)[i].type);
		break;
	default:
		break;
	}
}

void bcc_btf_visit(struct btf_type *t, const struct bcc_btf_visitor *v)
{
	v->string(v->ctx, &t->name_off);
	if (!btf_layout_has_size(t) && !btf_is_array(t) && !btf_is_fwd(t))
		v->type(v->ctx, &t->type);
	visit_elements(t, v);
}
