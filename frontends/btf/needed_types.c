/* SPDX-License-Identifier: Apache-2.0 */
#include "needed_types.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/btf_layout.h"

/* How a type is reached, in the terms of libbpf's dump: behind a pointer, a struct's name is enough. */
enum reached { BY_NAME = 1, WHOLE = 2 };

struct subset {
	const struct bcc_btf_bytes *whole;
	const struct bcc_names *names;
	/* a bit for each type, in words of 64: reached, and reached as a whole */
	uint64_t *reached, *wholly;
	size_t words;
	uint32_t *before; /* by word: how many are reached before it */
	uint32_t *queue;  /* reached, but elements not visited yet: 2 * type + (WHOLE) */
	size_t queue_count;
	char *types, *strings; /* of the subset */
	size_t type_size, string_size;
};

static const char *name_at(const struct subset *s, uint32_t offset)
{
	return offset < s->whole->string_size ? s->whole->strings + offset : "";
}

static uint64_t btf_needed_types_bit(uint32_t id)
{
	return 1ull << id % 64;
}

static void btf_needed_types_reach(struct subset *s, uint32_t id, enum reached how)
{
	if (!id || id >= s->whole->type_count ||
		(how == WHOLE ? s->wholly : s->reached)[id / 64] & btf_needed_types_bit(id))
		return;
	s->reached[id / 64] |= btf_needed_types_bit(id);
	if (how == WHOLE)
		s->wholly[id / 64] |= btf_needed_types_bit(id);
	s->queue[s->queue_count++] = 2 * id + (how == WHOLE);
}

/* ---- what the text names ---- */

static bool btf_needed_types_names_enumerator(const struct subset *s, const struct btf_type *t)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (bcc_names_has(s->names, name_at(s, btf_is_enum64(t) ? btf_enum64(t)[i].name_off
									: btf_enum(t)[i].name_off)))
			return true;
	return false;
}

static bool btf_needed_types_is_named(const struct subset *s, const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return bcc_names_has_tag(s->names, name_at(s, t->name_off));
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return bcc_names_has_tag(s->names, name_at(s, t->name_off)) ||
		       btf_needed_types_names_enumerator(s, t);
	case BTF_KIND_TYPEDEF:
		return bcc_names_has(s->names, name_at(s, t->name_off));
	default:
		return false;
	}
}

static void find_named(struct subset *s)
{
	const struct bcc_btf_place *named = s->whole->named;

	for (uint32_t i = 0; i < s->whole->named_count; i++)
		if (btf_needed_types_is_named(s, (const struct btf_type *)(s->whole->types + named[i].place)))
			btf_needed_types_reach(s, named[i].id, WHOLE);
}

/* ---- what that needs ---- */

/* Follows a member through any pointers and arrays to a struct, which is needed as a whole if the text uses
 * the member's name. */
static void follow_member(struct subset *s, uint32_t id)
{
	for (int depth = 0; depth < 256 && id && id < s->whole->type_count; depth++) {
		const struct btf_type *t = bcc_btf_type_at(s->whole, id);

		if (btf_is_composite(t))
			btf_needed_types_reach(s, id, WHOLE);
		if (btf_is_array(t))
			id = btf_array(t)->type;
		else if (btf_is_ptr(t) || btf_is_mod(t) || btf_is_typedef(t))
			id = t->type;
		else
			return;
	}
}

static void look_at_members(struct subset *s, const struct btf_type *t)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;

		btf_needed_types_reach(s, m->type, WHOLE);
		if (bcc_names_has(s->names, name_at(s, m->name_off)))
			follow_member(s, m->type);
	}
}

static void look_at(struct subset *s, const struct btf_type *t, enum reached how)
{
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		btf_needed_types_reach(s, t->type, BY_NAME);
		break;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		btf_needed_types_reach(s, t->type, how);
		break;
	case BTF_KIND_ARRAY:
		btf_needed_types_reach(s, btf_array(t)->type, WHOLE);
		btf_needed_types_reach(s, btf_array(t)->index_type, BY_NAME);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		/* a type without a name is defined where it is used */
		if (how == WHOLE || !t->name_off)
			look_at_members(s, t);
		break;
	case BTF_KIND_FUNC_PROTO:
		btf_needed_types_reach(s, t->type, how);
		for (uint32_t i = 0; i < btf_vlen(t); i++)
			btf_needed_types_reach(s, btf_params(t)[i].type, how);
		break;
	default:
		break;
	}
}

static void look_at_all(struct subset *s)
{
	while (s->queue_count) {
		uint32_t entry = s->queue[--s->queue_count];

		look_at(s, bcc_btf_type_at(s->whole, entry / 2), entry % 2 ? WHOLE : BY_NAME);
	}
}

/* ---- writing the subset ---- */

static bool is_declared(const struct subset *s, uint32_t id, const struct btf_type *t)
{
	return btf_is_composite(t) && t->name_off && !(s->wholly[id / 64] & btf_needed_types_bit(id));
}

/* Reserves room for all strings at once: each as often as it is referred to. */
static void measure_string(void *ctx, uint32_t *offset)
{
	struct subset *s = ctx;

	s->string_size += *offset ? strlen(name_at(s, *offset)) + 1 : 0;
}

static void btf_needed_types_copy_string(void *ctx, uint32_t *offset)
{
	struct subset *s = ctx;
	const char *name = name_at(s, *offset);
	size_t size = strlen(name) + 1;

	if (!*offset)
		return;
	*offset = s->string_size;
	memcpy(s->strings + s->string_size, name, size);
	s->string_size += size;
}

static void keep_type(void *ctx, uint32_t *id)
{
}

static void renumber_type(void *ctx, uint32_t *id)
{
	struct subset *s = ctx;
	uint64_t word = *id < s->whole->type_count ? s->reached[*id / 64] : 0;

	*id = word & btf_needed_types_bit(*id)
		      ? s->before[*id / 64] + __builtin_popcountll(word & (btf_needed_types_bit(*id) - 1)) + 1
		      : 0;
}

/* How much of a type is written. */
static size_t btf_needed_types_size_of(const struct subset *s, uint32_t id, const struct btf_type *t)
{
	return is_declared(s, id, t) ? sizeof(*t) : bcc_btf_type_size(t);
}

/* Reuses the queue, which is empty by now, for the ids of everything reached, in order. */
static void list_reached(struct subset *s)
{
	for (size_t i = 0; i < s->words; i++) {
		s->before[i] = s->queue_count;
		for (uint64_t left = s->reached[i]; left; left &= left - 1)
			s->queue[s->queue_count++] = 64 * i + __builtin_ctzll(left);
	}
}

static void btf_needed_types_measure(struct subset *s)
{
	const struct bcc_btf_visitor visitor = {keep_type, measure_string, s};

	s->string_size = 1; /* the first string is empty */
	for (size_t i = 0; i < s->queue_count; i++) {
		uint32_t id = s->queue[i];
		const struct btf_type *t = bcc_btf_type_at(s->whole, id);

		s->type_size += btf_needed_types_size_of(s, id, t);
		bcc_btf_visit((struct btf_type *)t, &visitor); /* does not change the type */
	}
}

static void write_type(struct subset *s, uint32_t id, struct btf_type *to)
{
	const struct bcc_btf_visitor visitor = {renumber_type, btf_needed_types_copy_string, s};
	const struct btf_type *from = bcc_btf_type_at(s->whole, id);

	memcpy(to, from, btf_needed_types_size_of(s, id, from));
	if (is_declared(s, id, from)) {
		to->info = BTF_KIND_FWD << 24 | (btf_is_union(from) ? 1u << 31 : 0);
		to->type = 0;
	}
	bcc_btf_visit(to, &visitor);
}

/* Writes a header and the subset, for libbpf to copy. */
static int write_all(struct subset *s, struct btf **out)
{
	struct btf_header *header;
	char *at;
	int ret;

	list_reached(s);
	btf_needed_types_measure(s);
	header = calloc(1, sizeof(*header) + s->type_size + s->string_size);
	if (!header)
		return -ENOMEM;
	*header = (struct btf_header){.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(*header),
		.type_len = s->type_size,
		.str_off = s->type_size,
		.str_len = s->string_size};
	at = s->types = (char *)(header + 1);
	s->strings = s->types + s->type_size;
	s->string_size = 1;
	for (size_t i = 0; i < s->queue_count; i++) {
		write_type(s, s->queue[i], (struct btf_type *)at);
		at += btf_needed_types_size_of(s, s->queue[i], bcc_btf_type_at(s->whole, s->queue[i]));
	}
	*out = btf__new(header, sizeof(*header) + header->type_len + header->str_len);
	ret = libbpf_get_error(*out);
	free(header);
	if (!ret)
		return btf__set_pointer_size(*out, sizeof(void *));
	*out = NULL;
	return ret;
}

static int btf_needed_types_make(struct subset *s, struct btf **out)
{
	s->words = s->whole->type_count / 64 + 1;
	s->reached = calloc(s->words, sizeof(*s->reached));
	s->wholly = calloc(s->words, sizeof(*s->wholly));
	s->before = calloc(s->words, sizeof(*s->before));
	s->queue = calloc(s->whole->type_count, 2 * sizeof(*s->queue));
	if (!s->reached || !s->wholly || !s->before || !s->queue)
		return -ENOMEM;
	find_named(s);
	look_at_all(s);
	return write_all(s, out);
}

int bcc_btf_subset(const struct bcc_btf_bytes *whole, const struct bcc_names *names, struct btf **out,
	struct bcc_err *err)
{
	struct subset s = {.whole = whole, .names = names};
	int ret = btf_needed_types_make(&s, out);

	free(s.reached);
	free(s.wholly);
	free(s.before);
	free(s.queue);
	if (ret) {
		*out = NULL;
		bcc_fail(err, ret, "cannot read the kernel's types: %s", strerror(-ret));
	}
	return ret;
}
