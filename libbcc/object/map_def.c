/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables are defined as for libbpf: by a struct in section .maps whose members carry values in their types.
 * `int (*name)[N]` means name = N, `T *name` means that name is of type T, and a final `T *values[]` gives
 * initial entries.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "common/array.h"
#include "build.h"

struct reader {
	const struct btf *btf;
	const char *table;
	struct bcc_map_def *def;
	struct bcc_err *err;
};

static int object_map_def_read_number(const struct reader *r, const char *member, uint32_t id, uint32_t *out)
{
	const struct btf_type *t = bcc_btf_skip_modifiers(r->btf, id, NULL);

	if (t && btf_is_ptr(t))
		t = bcc_btf_skip_modifiers(r->btf, t->type, NULL);
	else
		t = NULL;
	if (!t || !btf_is_array(t))
		return bcc_fail(r->err, -EINVAL, "table %s: %s must be given as int (*%s)[NUMBER]", r->table,
			member, member);
	*out = btf_array(t)->nelems;
	return 0;
}

static int set_size(const struct reader *r, const char *what, uint32_t *size, uint32_t value)
{
	if (*size && *size != value)
		return bcc_fail(r->err, -EINVAL, "table %s: the %s is given as %u and as %u bytes", r->table,
			what, *size, value);
	*size = value;
	return 0;
}

static int object_map_def_read_type(
	const struct reader *r, const char *member, uint32_t id, uint32_t *size, uint32_t *type)
{
	const struct btf_type *t = bcc_btf_skip_modifiers(r->btf, id, NULL);
	int64_t bytes;

	if (!t || !btf_is_ptr(t))
		return bcc_fail(
			r->err, -EINVAL, "table %s: %s must be given as TYPE *%s", r->table, member, member);
	bytes = btf__resolve_size(r->btf, t->type);
	if (bytes <= 0 || bytes > INT32_MAX)
		return bcc_fail(r->err, -EINVAL, "table %s: the type of its %s is incomplete or empty",
			r->table, member);
	*type = t->type;
	return set_size(r, member, size, bytes);
}

/* struct inner *values[]: the entries are tables like `inner`. */
static int read_values(const struct reader *r, uint32_t id, uint32_t bit_offset)
{
	const struct btf_type *t = bcc_btf_skip_modifiers(r->btf, id, NULL);
	uint32_t inner = 0;

	if (t && btf_is_array(t))
		t = bcc_btf_skip_modifiers(r->btf, btf_array(t)->type, NULL);
	else
		t = NULL;
	if (t && btf_is_ptr(t))
		t = bcc_btf_skip_modifiers(r->btf, t->type, &inner);
	else
		t = NULL;
	if (!t || (!btf_is_struct(t) && !btf_is_func_proto(t)))
		return bcc_fail(r->err, -EINVAL,
			"table %s: values must be an array of pointers to tables or functions", r->table);
	if (btf_is_struct(t))
		r->def->inner_type = inner;
	r->def->values_offset = bit_offset / 8;
	return set_size(r, "value", &r->def->value_size, sizeof(uint32_t));
}

/* enum { value = NUMBER } member, which has 64 bits; or as the other numbers. */
static int read_extra(const struct reader *r, const char *member, uint32_t id)
{
	const struct btf_type *t = bcc_btf_skip_modifiers(r->btf, id, NULL);
	uint32_t value;
	int ret;

	if (t && btf_is_enum(t) && btf_vlen(t) == 1) {
		r->def->extra = (uint32_t)btf_enum(t)->val;
		return 0;
	}
	if (t && btf_is_enum64(t) && btf_vlen(t) == 1) {
		r->def->extra = btf_enum64_value(btf_enum64(t));
		return 0;
	}
	ret = object_map_def_read_number(r, member, id, &value);

	if (ret == 0)
		r->def->extra = value;
	return ret;
}

static int read_member(const struct reader *r, const char *name, const struct btf_member *m)
{
	struct bcc_map_def *def = r->def;
	const struct {
		const char *name;
		uint32_t *value;
	} numbers[] = {
		{"type", &def->type},
		{"max_entries", &def->max_entries},
		{"map_flags", &def->flags},
		{"numa_node", &def->numa_node},
		{"pinning", &def->pinning},
	};
	uint32_t size;
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (strcmp(name, numbers[i].name) == 0)
			return object_map_def_read_number(r, name, m->type, numbers[i].value);
	if (strcmp(name, "key") == 0)
		return object_map_def_read_type(r, name, m->type, &def->key_size, &def->btf_key_type);
	if (strcmp(name, "value") == 0)
		return object_map_def_read_type(r, name, m->type, &def->value_size, &def->btf_value_type);
	if (strcmp(name, "map_extra") == 0)
		return read_extra(r, name, m->type);
	if (strcmp(name, "values") == 0)
		return read_values(r, m->type, m->offset);
	if (strcmp(name, "key_size") != 0 && strcmp(name, "value_size") != 0)
		return bcc_fail(
			r->err, -EINVAL, "table %s: its definition has an unknown member %s", r->table, name);
	ret = object_map_def_read_number(r, name, m->type, &size);
	if (ret < 0)
		return ret;
	return name[0] == 'k' ? set_size(r, "key", &def->key_size, size)
			      : set_size(r, "value", &def->value_size, size);
}

int bcc_map_def_read(
	const struct btf *btf, const char *name, uint32_t id, struct bcc_map_def *def, struct bcc_err *err)
{
	const struct reader r = {btf, name, def, err};
	const struct btf_type *t = bcc_btf_skip_modifiers(btf, id, NULL);

	*def = (struct bcc_map_def){0};
	if (!t || !btf_is_struct(t))
		return bcc_fail(err, -EINVAL, "table %s: its definition is not a struct", name);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		int ret = read_member(&r, btf__str_by_offset(btf, m->name_off), m);

		if (ret < 0)
			return ret;
	}
	if (def->type == BPF_MAP_TYPE_UNSPEC)
		return bcc_fail(err, -EINVAL, "table %s: its definition has no type", name);
	return 0;
}
