/* SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* No real type is nested this deep; damaged ones may be endless. */
enum { DEPTH_MAX = 32 };

static bool is_enum(const struct btf_type *t)
{
	return btf_is_any_enum(t);
}

bool core_same_kind(const struct btf_type *a, const struct btf_type *b)
{
	return btf_kind(a) == btf_kind(b) || (is_enum(a) && is_enum(b));
}

bool core_members_are_compatible(const struct core_types *local, uint32_t local_id,
	const struct core_types *kernel, uint32_t kernel_id)
{
	const char *a, *b;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct btf_type *l = core_skip_modifiers(local, local_id, NULL);
		const struct btf_type *k = core_skip_modifiers(kernel, kernel_id, NULL);

		if (!l || !k)
			return false;
		if (btf_is_composite(l) && btf_is_composite(k))
			return true;
		if (!core_same_kind(l, k))
			return false;
		switch (btf_kind(l)) {
		case BTF_KIND_PTR:
		case BTF_KIND_FLOAT:
			return true;
		case BTF_KIND_INT: /* bit fields of old compilers */
			return !btf_int_offset(l) && !btf_int_offset(k);
		case BTF_KIND_FWD:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			a = core_name(local, l);
			b = core_name(kernel, k);
			return !*a || !*b || core_same_name(a, b);
		case BTF_KIND_ARRAY:
			local_id = btf_array(l)->type;
			kernel_id = btf_array(k)->type;
			break;
		default:
			return false;
		}
	}
	return false;
}

/* How two types are compared: bpf_core_type_exists() or bpf_core_type_matches(). */
struct comparison {
	const struct core_types *local, *kernel;
	bool match;
	uint32_t *work;
};

bool core_take_work(uint32_t *work, uint32_t amount)
{
	*work -= *work < amount ? *work : amount;
	return *work;
}

static bool compare(
	const struct comparison *c, uint32_t local_id, uint32_t kernel_id, bool behind_pointer, int depth);

static bool compare_functions(const struct comparison *c, const struct btf_type *l, const struct btf_type *k,
	bool behind_pointer, int depth)
{
	const struct btf_param *lp = btf_params(l), *kp = btf_params(k);

	if (btf_vlen(l) != btf_vlen(k))
		return false;
	for (unsigned i = 0; i < btf_vlen(l); i++)
		if (!compare(c, lp[i].type, kp[i].type, behind_pointer, depth))
			return false;
	return (!l->type && !k->type) || compare(c, l->type, k->type, behind_pointer, depth);
}

static bool compare_names(const struct comparison *c, const char *a, const char *b)
{
	return core_take_work(c->work, 1) && core_same_name(a, b);
}

static bool has_enumerators(const struct comparison *c, const struct btf_type *l, const struct btf_type *k)
{
	for (unsigned i = 0; i < btf_vlen(l); i++) {
		const char *name = core_string(
			c->local, btf_is_enum(l) ? btf_enum(l)[i].name_off : btf_enum64(l)[i].name_off);
		bool found = false;

		for (unsigned j = 0; j < btf_vlen(k) && !found; j++) {
			const char *other = core_string(c->kernel,
				btf_is_enum(k) ? btf_enum(k)[j].name_off : btf_enum64(k)[j].name_off);

			found = compare_names(c, name, other);
		}
		if (!found)
			return false;
	}
	return true;
}

static bool has_members(const struct comparison *c, const struct btf_type *l, const struct btf_type *k,
	bool behind_pointer, int depth)
{
	const struct btf_member *lm = btf_members(l), *km = btf_members(k);

	for (unsigned i = 0; i < btf_vlen(l); i++) {
		const char *name = core_string(c->local, lm[i].name_off);
		bool found = false;

		for (unsigned j = 0; j < btf_vlen(k) && !found; j++) {
			const char *other = core_string(c->kernel, km[j].name_off);

			found = compare_names(c, name, other) &&
				compare(c, lm[i].type, km[j].type, behind_pointer, depth);
		}
		if (!found)
			return false;
	}
	return true;
}

/* Behind a pointer, a declaration will do for a struct. */
static bool compare_composites(const struct comparison *c, const struct btf_type *l, const struct btf_type *k,
	bool behind_pointer, int depth)
{
	bool l_is_union = btf_is_fwd(l) ? btf_kflag(l) : btf_is_union(l);
	bool k_is_union = btf_is_fwd(k) ? btf_kflag(k) : btf_is_union(k);

	if (l_is_union != k_is_union)
		return false;
	if (behind_pointer || btf_is_fwd(l))
		return true;
	return !btf_is_fwd(k) && has_members(c, l, k, behind_pointer, depth);
}

static bool match_kinds(const struct comparison *c, const struct btf_type *l, const struct btf_type *k,
	bool behind_pointer, int depth)
{
	if (!core_same_name(core_name(c->local, l), core_name(c->kernel, k)))
		return false;
	if ((btf_is_composite(l) || btf_is_fwd(l)) && (btf_is_composite(k) || btf_is_fwd(k)))
		return compare_composites(c, l, k, behind_pointer, depth);
	if (!core_same_kind(l, k))
		return false;
	if (is_enum(l))
		return has_enumerators(c, l, k);
	if (btf_is_int(l))
		return l->size == k->size && btf_int_encoding(l) == btf_int_encoding(k);
	return true;
}

static bool compare(
	const struct comparison *c, uint32_t local_id, uint32_t kernel_id, bool behind_pointer, int depth)
{
	const struct btf_type *l = core_skip_modifiers(c->local, local_id, NULL);
	const struct btf_type *k = core_skip_modifiers(c->kernel, kernel_id, NULL);

	if (!l || !k || depth >= DEPTH_MAX || !core_take_work(c->work, 1))
		return false;
	if (c->match && !match_kinds(c, l, k, behind_pointer, depth + 1))
		return false;
	if (!c->match && !core_same_kind(l, k))
		return false;
	switch (btf_kind(l)) {
	case BTF_KIND_UNKN:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_FWD:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return true;
	case BTF_KIND_INT:
		return !btf_int_offset(l) && !btf_int_offset(k);
	case BTF_KIND_PTR:
		return compare(c, l->type, k->type, true, depth + 1);
	case BTF_KIND_ARRAY:
		if (c->match && btf_array(l)->nelems != btf_array(k)->nelems)
			return false;
		return compare(c, btf_array(l)->type, btf_array(k)->type, behind_pointer, depth + 1);
	case BTF_KIND_FUNC_PROTO:
		return compare_functions(c, l, k, behind_pointer, depth + 1);
	default:
		return false;
	}
}

bool core_types_are_compatible(const struct core_types *local, uint32_t local_id,
	const struct core_types *kernel, uint32_t kernel_id, uint32_t *work)
{
	const struct comparison c = {local, kernel, false, work};

	return compare(&c, local_id, kernel_id, false, 0);
}

bool core_types_match(const struct core_types *local, uint32_t local_id, const struct core_types *kernel,
	uint32_t kernel_id, uint32_t *work)
{
	const struct comparison c = {local, kernel, true, work};

	return compare(&c, local_id, kernel_id, false, 0);
}
