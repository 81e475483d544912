/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { ANONYMOUS_DEPTH_MAX = 32, ANONYMOUS_WORK = 64, CORE_TEXT_MAX = 1024 };

static bool is_about_types(enum bpf_core_relo_kind kind)
{
	return kind == BPF_CORE_TYPE_ID_LOCAL || kind == BPF_CORE_TYPE_ID_TARGET ||
	       kind == BPF_CORE_TYPE_EXISTS || kind == BPF_CORE_TYPE_SIZE || kind == BPF_CORE_TYPE_MATCHES;
}

static bool is_about_enumerators(enum bpf_core_relo_kind kind)
{
	return kind == BPF_CORE_ENUMVAL_EXISTS || kind == BPF_CORE_ENUMVAL_VALUE;
}

/* The next number of "0:2:1". */
static bool path_next(const char **text, uint32_t *number)
{
	unsigned long value;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	value = strtoul(*text, &end, 10);
	if (value > INT32_MAX || (*end && *end != ':') || (*end && !end[1]))
		return false;
	*text = *end ? end + 1 : end;
	*number = value;
	return true;
}

static bool path_add(struct core_path *path, uint32_t type, uint32_t index, const char *name)
{
	if (path->count == CORE_STEPS_MAX)
		return false;
	path->steps[path->count].type = type;
	path->steps[path->count].index = index;
	path->steps[path->count].name = name;
	path->count++;
	return true;
}

/* To element `index` of an array of such types. */
static bool path_to_element(struct core_path *path, uint32_t type, uint32_t index)
{
	int64_t size = core_size(path->types, type);

	if (size < 0)
		return false;
	path->bit_offset += (uint64_t)index * size * 8;
	return path_add(path, type, index, NULL);
}

/* An array that is a struct's last member and has at most one element: its length is not known. */
static bool is_flexible(const struct core_path *path, uint32_t elements)
{
	const struct btf_type *t;

	if (elements > 1 || !path->count || !path->steps[path->count - 1].name)
		return false;
	t = core_type(path->types, path->steps[path->count - 1].type);
	return btf_is_struct(t) && path->steps[path->count - 1].index == (uint32_t)btf_vlen(t) - 1;
}

/* To an element of the array `array`; sets `*type` to what it is. */
static bool path_into_array(
	struct core_path *path, const struct btf_type *array, uint32_t index, uint32_t *type)
{
	uint32_t elements = btf_array(array)->nelems;

	if (index >= elements && !is_flexible(path, elements))
		return false;
	*type = btf_array(array)->type;
	return path_to_element(path, *type, index);
}

/* Members without a name are passed through: other kernels may have them elsewhere. */
static bool path_into_member(struct core_path *path, uint32_t id, uint32_t index, uint32_t *type)
{
	const struct btf_type *t = core_type(path->types, id);
	const char *name;

	if (index >= btf_vlen(t))
		return false;
	path->bit_offset += btf_member_bit_offset(t, index);
	*type = btf_members(t)[index].type;
	name = core_string(path->types, btf_members(t)[index].name_off);
	return !*name || path_add(path, id, index, name);
}

static const char *enumerator_name(const struct core_types *types, const struct btf_type *t, uint32_t i)
{
	return core_string(types, btf_is_enum(t) ? btf_enum(t)[i].name_off : btf_enum64(t)[i].name_off);
}

bool core_path_parse(struct core_path *path, const struct core_types *types, uint32_t root, const char *text,
	enum bpf_core_relo_kind kind)
{
	const struct btf_type *t = core_skip_modifiers(types, root, NULL);
	uint32_t number, type = root, id;

	*path = (struct core_path){.types = types, .root = root};
	/* members without a name count as no step */
	if (!t || strnlen(text, CORE_TEXT_MAX + 1) > CORE_TEXT_MAX || !path_next(&text, &number))
		return false;
	if (is_about_types(kind))
		return !*text && !number;
	if (is_about_enumerators(kind)) {
		core_skip_modifiers(types, root, &id);
		return btf_is_any_enum(t) && !*text && number < btf_vlen(t) &&
		       path_add(path, id, number, enumerator_name(types, t, number));
	}
	if (!path_to_element(path, type, number))
		return false;
	while (*text) {
		bool found = false;

		t = core_skip_modifiers(types, type, &id);
		if (!t || !path_next(&text, &number))
			return false;
		if (btf_is_composite(t))
			found = path_into_member(path, id, number, &type);
		else if (btf_is_array(t))
			found = path_into_array(path, t, number, &type);
		if (!found)
			return false;
	}
	return true;
}

/* Looks for the member in the struct and in its members without a name. */
static bool path_find_member(struct core_path *path, uint32_t id, const struct core_path *local,
	unsigned step, uint32_t *type, uint32_t *work, int depth)
{
	const struct btf_type *t = core_skip_modifiers(path->types, id, &id);
	const struct btf_type *local_struct = core_type(local->types, local->steps[step].type);
	uint64_t before = path->bit_offset;

	if (!t || !btf_is_composite(t) || depth > ANONYMOUS_DEPTH_MAX)
		return false;
	/* finding a type takes longer than comparing a name */
	for (uint32_t i = 0; i < btf_vlen(t) && core_take_work(work, i ? 1 : ANONYMOUS_WORK); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = core_string(path->types, m->name_off);

		path->bit_offset = before + btf_member_bit_offset(t, i);
		if (!*name) {
			if (path_find_member(path, m->type, local, step, type, work, depth + 1))
				return true;
			continue;
		}
		if (strcmp(name, local->steps[step].name) != 0)
			continue;
		*type = m->type;
		if (core_members_are_compatible(local->types,
			    btf_members(local_struct)[local->steps[step].index].type, path->types, m->type) &&
			path_add(path, id, i, name))
			return true;
		break;
	}
	path->bit_offset = before;
	return false;
}

static bool path_match_enumerator(const struct core_path *local, uint32_t *work, struct core_path *path)
{
	uint32_t id;
	const struct btf_type *t = core_skip_modifiers(path->types, path->root, &id);

	if (!t || !btf_is_any_enum(t))
		return false;
	for (uint32_t i = 0; i < btf_vlen(t) && core_take_work(work, 1); i++) {
		const char *name = enumerator_name(path->types, t, i);

		if (core_same_name(name, local->steps[0].name))
			return path_add(path, id, i, name);
	}
	return false;
}

bool core_path_match(const struct core_path *local, const struct core_types *types, uint32_t root,
	enum bpf_core_relo_kind kind, uint32_t *work, struct core_path *path)
{
	uint32_t type = root;

	*path = (struct core_path){.types = types, .root = root};
	if (kind == BPF_CORE_TYPE_MATCHES)
		return core_types_match(local->types, local->root, types, root, work);
	if (is_about_types(kind))
		return core_types_are_compatible(local->types, local->root, types, root, work);
	if (is_about_enumerators(kind))
		return path_match_enumerator(local, work, path);
	for (unsigned i = 0; i < local->count; i++) {
		const struct btf_type *t = core_skip_modifiers(types, type, NULL);
		bool found = false;

		if (!t)
			return false;
		if (local->steps[i].name)
			found = path_find_member(path, type, local, i, &type, work, 0);
		else if (i == 0)
			found = path_to_element(path, type, local->steps[i].index);
		else if (btf_is_array(t))
			found = path_into_array(path, t, local->steps[i].index, &type);
		if (!found)
			return false;
	}
	return true;
}

char *core_path_name(const struct core_path *path)
{
	const char *root = core_name(path->types, core_type(path->types, path->root));
	char *name = NULL;
	size_t size;
	FILE *out = open_memstream(&name, &size);

	if (!out)
		return NULL;
	fprintf(out, "%.*s", (int)core_name_length(root), root);
	for (unsigned i = 0; i < path->count; i++) {
		if (path->steps[i].name)
			fprintf(out, ".%s", path->steps[i].name);
		else if (i || path->steps[i].index)
			fprintf(out, "[%u]", path->steps[i].index);
	}
	if (fclose(out)) {
		free(name);
		return NULL;
	}
	return name;
}
