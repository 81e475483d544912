/* SPDX-License-Identifier: Apache-2.0 */
#include "slice.h"

#include "printable.h"
#include "rename.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice {
	const struct btf *btf;
	struct bcc_names *names;
	uint32_t type_count;
	uint8_t *seen;	  /* a flag for each type id: bits of enum mark */
	uint32_t *wanted; /* ids to dump, in the order found */
	size_t wanted_count;
	FILE *out;
};

enum mark { WANTED = 1, WALKED = 2 };

static void btf_slice_want(struct slice *s, uint32_t id)
{
	if (s->seen[id] & WANTED)
		return;
	s->seen[id] |= WANTED;
	s->wanted[s->wanted_count++] = id;
}

static const char *btf_slice_name_of(const struct slice *s, uint32_t offset)
{
	const char *name = btf__name_by_offset(s->btf, offset);

	return name ? name : "";
}

static bool uses_enumerator(const struct slice *s, const struct btf_type *t)
{
	bool wide = btf_is_enum64(t), uses = false;

	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name =
			btf_slice_name_of(s, wide ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off);

		if (!bcc_names_has_enumerator(s->names, name))
			continue;
		bcc_names_know(s->names, name);
		uses = true;
	}
	return uses;
}

static bool wants_tag(const struct slice *s, const char *name)
{
	if (!*name || !bcc_names_has_tag(s->names, name) || bcc_names_defines_tag(s->names, name))
		return false;
	bcc_names_know_tag(s->names, name);
	return true;
}

static bool is_wanted(const struct slice *s, const struct btf_type *t)
{
	const char *name;
	bool wants;

	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		name = btf_slice_name_of(s, t->name_off);
		return wants_tag(s, name);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		name = btf_slice_name_of(s, t->name_off);
		if (*name && bcc_names_defines_tag(s->names, name))
			return false;
		wants = wants_tag(s, name); /* both calls mark the name as known */
		return uses_enumerator(s, t) || wants;
	case BTF_KIND_TYPEDEF:
		name = btf_slice_name_of(s, t->name_off);
		if (!bcc_names_has(s->names, name) || bcc_names_defines(s->names, name))
			return false;
		bcc_names_know(s->names, name);
		return true;
	default:
		return false;
	}
}

/* Follows typedefs, qualifiers and arrays. */
static uint32_t btf_slice_strip(const struct slice *s, uint32_t id)
{
	for (int depth = 0; depth < 64; depth++) { /* kernel BTF has no cycle here; damaged BTF might */
		const struct btf_type *t = btf__type_by_id(s->btf, id);

		if (!t)
			return 0;
		if (btf_is_array(t))
			id = btf_array(t)->type;
		else if (btf_is_mod(t) || btf_is_typedef(t))
			id = t->type;
		else
			return id;
	}
	return 0;
}

/* Types still to be walked; each is added once, guarded by its WALKED mark. */
struct stack {
	uint32_t *ids;
	size_t depth;
};

static void btf_slice_push(struct slice *s, struct stack *stack, uint32_t id)
{
	if (s->seen[id] & WALKED)
		return;
	s->seen[id] |= WALKED;
	stack->ids[stack->depth++] = id;
}

/* What a pointer, or a pointer to pointers, points to. */
static uint32_t btf_slice_pointee(const struct slice *s, const struct btf_type *pointer)
{
	uint32_t id = btf_slice_strip(s, pointer->type);
	const struct btf_type *t = btf__type_by_id(s->btf, id);

	for (int depth = 0; t && btf_is_ptr(t) && depth < 8; depth++) {
		id = btf_slice_strip(s, t->type);
		t = btf__type_by_id(s->btf, id);
	}
	return id;
}

static void follow_pointer(struct slice *s, const struct btf_type *pointer, bool used, struct stack *stack)
{
	uint32_t id = btf_slice_pointee(s, pointer);
	const struct btf_type *t = btf__type_by_id(s->btf, id);
	const char *name = t ? btf_slice_name_of(s, t->name_off) : "";

	if (!t || bcc_names_defines_tag(s->names, name))
		return;
	if (btf_is_composite(t) && !*name)
		btf_slice_push(s, stack, id); /* its definition comes with the pointer's */
	else if (btf_is_composite(t) && used)
		btf_slice_want(s, id);
	else if (btf_is_fwd(t) && used)
		bcc_names_reach_tag(s->names, name);
}

/* Follows a struct's members. Structs inside it are walked too: their definitions come with it. */
static void walk_members(struct slice *s, struct stack *stack)
{
	const struct btf_type *t = btf__type_by_id(s->btf, stack->ids[--stack->depth]);

	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		uint32_t member = btf_slice_strip(s, m->type);
		const struct btf_type *mt = btf__type_by_id(s->btf, member);

		if (mt && btf_is_composite(mt))
			btf_slice_push(s, stack, member);
		else if (mt && btf_is_ptr(mt))
			follow_pointer(
				s, mt, bcc_names_has(s->names, btf_slice_name_of(s, m->name_off)), stack);
	}
}

/* Adds everything reachable from what is wanted. */
static int close_over_pointers(struct slice *s)
{
	struct stack stack = {.ids = calloc(s->type_count, sizeof(*stack.ids))};

	if (!stack.ids)
		return -ENOMEM;
	for (size_t i = 0; i < s->wanted_count; i++) {
		uint32_t id = btf_slice_strip(s, s->wanted[i]);
		const struct btf_type *t = btf__type_by_id(s->btf, id);

		if (t && btf_is_composite(t))
			btf_slice_push(s, &stack, id);
		while (stack.depth)
			walk_members(s, &stack);
	}
	free(stack.ids);
	return 0;
}

static void print_part(void *ctx, const char *format, va_list args)
{
	struct slice *s = ctx;

	vfprintf(s->out, format, args);
}

static int btf_slice_dump(struct slice *s, struct bcc_err *err)
{
	struct btf_dump *d = btf_dump__new(s->btf, print_part, s, NULL);
	int ret = libbpf_get_error(d);

	if (ret)
		return bcc_fail(err, ret, "cannot write out kernel types: %s", strerror(-ret));
	for (size_t i = 0; i < s->wanted_count; i++) {
		ret = btf_dump__dump_type(d, s->wanted[i]);
		if (ret) {
			const struct btf_type *t = btf__type_by_id(s->btf, s->wanted[i]);

			bcc_fail(err, ret, "cannot write out the kernel type %s: %s",
				btf_slice_name_of(s, t->name_off), strerror(-ret));
			break;
		}
	}
	btf_dump__free(d);
	return ret;
}

static void find_wanted(struct slice *s)
{
	for (uint32_t id = 1; id < s->type_count; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);

		if (t && is_wanted(s, t))
			btf_slice_want(s, id);
	}
}

int bcc_btf_slice(const struct btf *btf, struct bcc_names *names, char **text, struct bcc_err *err)
{
	struct slice s = {.btf = btf, .names = names, .type_count = btf__type_cnt(btf)};
	size_t size;
	int ret = -ENOMEM;

	*text = NULL;
	s.seen = calloc(s.type_count, sizeof(*s.seen));
	s.wanted = calloc(s.type_count, sizeof(*s.wanted));
	s.out = open_memstream(text, &size);
	if (s.seen && s.wanted && s.out) {
		find_wanted(&s);
		ret = close_over_pointers(&s);
		if (!ret)
			ret = bcc_btf_check_shape(btf, s.wanted, s.wanted_count, err);
		if (!ret)
			ret = btf_slice_dump(&s, err);
	}
	if (ret == -ENOMEM)
		bcc_fail(err, ret, "out of memory for kernel types");
	if (s.out && fclose(s.out) && !ret)
		ret = bcc_fail(err, -ENOMEM, "out of memory for kernel types");
	free(s.seen);
	free(s.wanted);
	if (!ret)
		ret = bcc_btf_rename(text, names, err);
	if (ret) {
		free(*text);
		*text = NULL;
	}
	return ret;
}
