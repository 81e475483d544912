/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A type with a name is written once, and then referred to by name. A type without one is written wherever it
 * is used: pointers, arrays, qualifiers, functions, anonymous structs. Those must not refer back to
 * themselves, and a tree in which each uses the next twice doubles with each level. Padding is written too,
 * one line for 8 bytes. No compiler emits such types, but with them libbpf 1.1 overflows the stack, exhausts
 * memory or divides by zero.
 */
#include "printable.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

enum { MAX_DEPTH = 2048, MAX_LINES = 1 << 17, UNDER_WAY = MAX_LINES + 1 };

/* Limit for a whole slice. Some kilobytes of padding are normal where structs are aligned to cache lines. */
#define MAX_ALL_LINES (4ull << 20)
#define MAX_PADDING_BITS (8ull << 20)

enum queued { STRONG = 1, WEAK = 2 };

struct shape {
	const struct btf *btf;
	uint32_t *lines; /* of type `id` where it is used, [2 * id + through a pointer]; 0: not known yet */
	uint8_t *queued; /* enum queued, by id */
	uint32_t *queue; /* named types; STRONG ones are defined, not just declared */
	size_t queue_count;
	uint64_t all_lines, padding;
};

static void btf_printable_enqueue(struct shape *s, uint32_t id, bool through_pointer)
{
	enum queued how = through_pointer ? WEAK : STRONG;

	if (s->queued[id] & (how | STRONG))
		return;
	s->queued[id] |= how;
	s->queue[s->queue_count++] = id;
}

static uint32_t lines_of(struct shape *s, uint32_t id, bool through_pointer, int depth);

static uint32_t lines_of_members(struct shape *s, const struct btf_type *t, int depth)
{
	uint32_t lines = 2;

	for (int i = 0; i < btf_vlen(t) && lines < MAX_LINES; i++)
		lines += lines_of(s, btf_members(t)[i].type, false, depth);
	return lines;
}

static uint32_t lines_of_function(struct shape *s, const struct btf_type *t, int depth)
{
	uint32_t lines = 1 + lines_of(s, t->type, true, depth);

	for (int i = 0; i < btf_vlen(t) && lines < MAX_LINES; i++)
		lines += lines_of(s, btf_params(t)[i].type, true, depth);
	return lines;
}

/* What libbpf writes between members, in order. */
static void add_padding(struct shape *s, const struct btf_type *t)
{
	uint64_t end = 0, start;

	for (int i = 0; i < btf_vlen(t); i++) {
		int64_t size = btf__resolve_size(s->btf, btf_members(t)[i].type);
		uint32_t bits = btf_member_bitfield_size(t, i);

		start = btf_member_bit_offset(t, i);
		s->padding += start > end ? start - end : 0;
		end = start + (bits ? bits : size > 0 ? (uint64_t)size * 8 : 0);
		/* a member without a size (a struct that is only declared), or one where libbpf would
		 * overflow an int */
		if (size < 0 || end > INT32_MAX)
			s->padding = MAX_PADDING_BITS + 1;
	}
	s->padding += t->size * 8ull > end ? t->size * 8ull - end : 0;
}

static uint32_t lines_of_unnamed(struct shape *s, const struct btf_type *t, bool through_pointer, int depth)
{
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		return 1 + lines_of(s, t->type, true, depth);
	case BTF_KIND_ARRAY:
		return 1 + lines_of(s, btf_array(t)->type, false, depth);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return 1 + lines_of(s, t->type, through_pointer, depth);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		add_padding(s, t);
		return lines_of_members(s, t, depth);
	case BTF_KIND_FUNC_PROTO:
		return lines_of_function(s, t, depth);
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return t->size && t->size <= 16 ? 1 + btf_vlen(t) : MAX_LINES;
	case BTF_KIND_UNKN:
	case BTF_KIND_FWD:
		return 1;
	default: /* variables, functions and tags are not types */
		return MAX_LINES;
	}
}

/* A name; but C does not know it yet within its own definition, except through the name of a struct. */
static uint32_t lines_of_typedef(struct shape *s, uint32_t id, bool through_pointer, int depth)
{
	uint32_t *lines = &s->lines[2 * id + through_pointer];

	btf_printable_enqueue(s, id, through_pointer);
	if (!*lines) {
		*lines = UNDER_WAY;
		*lines =
			lines_of(s, btf__type_by_id(s->btf, id)->type, through_pointer, depth + 1) < MAX_LINES
				? 1
				: MAX_LINES;
	}
	return *lines;
}

/* About how many lines the type takes where it is used; MAX_LINES or more: endless. */
static uint32_t lines_of(struct shape *s, uint32_t id, bool through_pointer, int depth)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);
	uint32_t *lines = &s->lines[2 * id + through_pointer];

	if (!t || depth > MAX_DEPTH)
		return MAX_LINES;
	if (btf_is_composite(t) && t->name_off) {
		btf_printable_enqueue(s, id, through_pointer);
		return 1;
	}
	if (btf_is_typedef(t))
		return lines_of_typedef(s, id, through_pointer, depth);
	if (!*lines) {
		*lines = UNDER_WAY;
		*lines = lines_of_unnamed(s, t, through_pointer, depth + 1);
		if (*lines > MAX_LINES)
			*lines = MAX_LINES;
	}
	return *lines;
}

static uint32_t lines_of_definition(struct shape *s, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);
	bool strong = s->queued[id] & STRONG;

	if (btf_is_typedef(t))
		return lines_of(s, t->type, !strong, 0);
	if (!strong)
		return 1;
	add_padding(s, t);
	return lines_of_members(s, t, 0);
}

static bool is_finite(struct shape *s, const uint32_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t lines = lines_of(s, ids[i], false, 0);

		s->all_lines += lines;
		if (lines >= MAX_LINES)
			return false;
	}
	for (size_t i = 0; i < s->queue_count; i++) {
		uint32_t lines = lines_of_definition(s, s->queue[i]);

		s->all_lines += lines;
		if (lines >= MAX_LINES || s->all_lines > MAX_ALL_LINES || s->padding > MAX_PADDING_BITS)
			return false;
	}
	return true;
}

int bcc_btf_check_shape(const struct btf *btf, const uint32_t *ids, size_t count, struct bcc_err *err)
{
	size_t type_count = btf__type_cnt(btf);
	struct shape s = {.btf = btf,
		.lines = calloc(type_count, 2 * sizeof(*s.lines)),
		.queued = calloc(type_count, sizeof(*s.queued)),
		/* once declared, once defined */
		.queue = calloc(type_count, 2 * sizeof(*s.queue))};
	int ret = 0;

	if (!s.lines || !s.queued || !s.queue)
		ret = bcc_fail(err, -ENOMEM, "out of memory for kernel types");
	else if (!is_finite(&s, ids, count))
		ret = bcc_fail(err, -EINVAL,
			"the kernel's BTF is damaged: some of its types cannot be written as C");
	free(s.lines);
	free(s.queued);
	free(s.queue);
	return ret;
}
