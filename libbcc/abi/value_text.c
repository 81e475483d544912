/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and values as text, and back: a number is 0x1f, text in an array of bytes "abc", any other array [ 0x1
 * 0x2 ], a struct { 0x1 "abc" }, a union a struct of its most aligned and largest member. Parsing accepts
 * numbers in C's bases, with or without sign, and any white space in between.
 */
#include "abi.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 16

typedef unsigned __int128 number;

/* Where a value is: a bit field is some bits of the bytes from `data` on. */
struct place {
	unsigned char *data;
	uint32_t shift, bits; /* bits 0: all of the type's */
};

struct text {
	FILE *out;	/* printing */
	const char *in; /* parsing: what has not been parsed yet */
	const struct btf *btf;
	bool (*number)(struct text *text, const struct place *place, size_t size);
	bool (*string)(struct text *text, char *data, size_t size);
	bool (*mark)(struct text *text, char mark);
};

static bool abi_value_text_value(struct text *text, uint32_t id, const struct place *place, int depth);

/* ---- numbers of up to 16 bytes, little endian as BPF's on these machines ---- */

static number abi_value_text_get(const struct place *place, size_t size)
{
	size_t bits = place->bits ? place->bits : size * 8;
	number all = 0;

	memcpy(&all, place->data, place->bits ? (place->shift + bits + 7) / 8 : size);
	all >>= place->shift;
	return bits < 128 ? all & (((number)1 << bits) - 1) : all;
}

static void abi_value_text_put(const struct place *place, size_t size, number new)
{
	size_t bits = place->bits ? place->bits : size * 8;
	size_t bytes = place->bits ? (place->shift + bits + 7) / 8 : size;
	number mask = (bits < 128 ? ((number)1 << bits) - 1 : ~(number)0) << place->shift, all = 0;

	memcpy(&all, place->data, bytes);
	all = (all & ~mask) | ((new << place->shift) & mask);
	memcpy(place->data, &all, bytes);
}

/* ---- printing ---- */

static bool print_number(struct text *text, const struct place *place, size_t size)
{
	number n = abi_value_text_get(place, size);
	uint64_t high = n >> 64;

	if (high)
		fprintf(text->out, "0x%llx%016llx", (unsigned long long)high, (unsigned long long)n);
	else
		fprintf(text->out, "0x%llx", (unsigned long long)n);
	return true;
}

static bool print_string(struct text *text, char *data, size_t size)
{
	fprintf(text->out, "\"%.*s\"", (int)size, data);
	return true;
}

static bool print_mark(struct text *text, char mark)
{
	fputc(mark, text->out);
	return true;
}

/* ---- reading ---- */

static void skip_space(struct text *text)
{
	while (isspace((unsigned char)*text->in))
		text->in++;
}

static int abi_value_text_digit(char c, int base)
{
	int value = isdigit((unsigned char)c)	 ? c - '0'
		    : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
						 : base;

	return value < base ? value : -1;
}

static int abi_value_text_base_of(struct text *text)
{
	if (text->in[0] != '0')
		return 10;
	if (tolower((unsigned char)text->in[1]) != 'x' || abi_value_text_digit(text->in[2], 16) < 0)
		return 8;
	text->in += 2;
	return 16;
}

static bool abi_value_text_read_number(struct text *text, const struct place *place, size_t size)
{
	const char *first;
	bool negative;
	number n = 0;
	int base;

	skip_space(text);
	negative = *text->in == '-';
	text->in += negative || *text->in == '+';
	base = abi_value_text_base_of(text);
	for (first = text->in; abi_value_text_digit(*text->in, base) >= 0; text->in++)
		n = n * base + abi_value_text_digit(*text->in, base);
	if (text->in == first)
		return false;
	abi_value_text_put(place, size, negative ? -n : n);
	return true;
}

/* Text that does not fit is cut off, as by strncpy(). */
static bool read_string(struct text *text, char *data, size_t size)
{
	const char *end;

	skip_space(text);
	end = *text->in == '"' ? strchr(text->in + 1, '"') : NULL;
	if (!end)
		return false;
	memset(data, 0, size);
	memcpy(data, text->in + 1, (size_t)(end - text->in - 1) < size ? (size_t)(end - text->in - 1) : size);
	text->in = end + 1;
	return true;
}

static bool read_mark(struct text *text, char mark)
{
	skip_space(text);
	if (mark == ' ')
		return true;
	if (*text->in != mark)
		return false;
	text->in++;
	return true;
}

/* ---- the walk over a type that both share ---- */

static const struct btf_type *abi_value_text_resolve(const struct text *text, uint32_t *id)
{
	int resolved = btf__resolve_type(text->btf, *id);

	if (resolved < 0)
		return NULL;
	*id = resolved;
	return btf__type_by_id(text->btf, resolved);
}

static bool is_byte(const struct text *text, uint32_t id)
{
	const struct btf_type *type = abi_value_text_resolve(text, &id);

	return type && btf_is_int(type) && type->size == 1;
}

static bool abi_value_text_array(
	struct text *text, const struct btf_type *type, unsigned char *data, int depth)
{
	const struct btf_array *info = btf_array(type);
	int64_t size = btf__resolve_size(text->btf, info->type);

	if (size < 0)
		return false;
	if (is_byte(text, info->type))
		return text->string(text, (char *)data, info->nelems);
	if (!text->mark(text, '['))
		return false;
	for (uint32_t i = 0; i < info->nelems; i++) {
		const struct place place = {.data = data + i * size};

		if (!text->mark(text, ' ') || !abi_value_text_value(text, info->type, &place, depth + 1))
			return false;
	}
	return text->mark(text, ' ') && text->mark(text, ']');
}

/* The first of equals: the member that LLVM, and thus BCC, uses for the union. */
static int main_member(const struct text *text, const struct btf_type *type)
{
	int64_t best_align = 0, best_size = 0;
	int best = 0;

	for (int i = 0; i < btf_vlen(type); i++) {
		int64_t align = btf__align_of(text->btf, btf_members(type)[i].type);
		int64_t size = btf__resolve_size(text->btf, btf_members(type)[i].type);

		if (align < best_align || (align == best_align && size <= best_size))
			continue;
		best = i;
		best_align = align;
		best_size = size;
	}
	return best;
}

static bool abi_value_text_compound(
	struct text *text, const struct btf_type *type, unsigned char *data, int depth)
{
	int first = btf_is_union(type) ? main_member(text, type) : 0;
	int end = btf_is_union(type) && btf_vlen(type) ? first + 1 : btf_vlen(type);

	if (!text->mark(text, '{'))
		return false;
	for (int i = first; i < end; i++) {
		uint32_t offset = btf_member_bit_offset(type, i), bits = btf_member_bitfield_size(type, i);
		const struct place place = {
			.data = data + offset / 8, .shift = bits ? offset % 8 : 0, .bits = bits};

		if (!text->mark(text, ' ') ||
			!abi_value_text_value(text, btf_members(type)[i].type, &place, depth + 1))
			return false;
	}
	return text->mark(text, ' ') && text->mark(text, '}');
}

static bool abi_value_text_value(struct text *text, uint32_t id, const struct place *place, int depth)
{
	const struct btf_type *type = abi_value_text_resolve(text, &id);
	int64_t size = type ? btf__resolve_size(text->btf, id) : -1;

	if (size < 0 || depth > MAX_DEPTH)
		return false;
	if (btf_is_array(type))
		return abi_value_text_array(text, type, place->data, depth);
	if (btf_is_composite(type))
		return abi_value_text_compound(text, type, place->data, depth);
	return size <= (int64_t)sizeof(number) && text->number(text, place, size);
}

/* `type` 0: a table that the kernel takes no BTF for holds numbers */
static bool abi_value_text_whole(struct text *text, uint32_t type, size_t size, void *data)
{
	const struct place place = {.data = data};

	if (type)
		return abi_value_text_value(text, type, &place, 0);
	return size <= sizeof(number) && text->number(text, &place, size);
}

int bcc_abi_print(
	const struct btf *btf, uint32_t type, size_t size, const void *data, char *buffer, size_t room)
{
	struct text text = {.btf = btf, .number = print_number, .string = print_string, .mark = print_mark};
	char *printed = NULL;
	size_t length;
	int ret;

	text.out = open_memstream(&printed, &length);
	if (!text.out)
		return -ENOMEM;
	ret = abi_value_text_whole(&text, type, size, (void *)data) ? 0 : -EINVAL;
	if (fclose(text.out))
		ret = -ENOMEM;
	if (!ret && length >= room)
		ret = -ENOSPC;
	if (!ret)
		memcpy(buffer, printed, length + 1);
	free(printed);
	return ret;
}

int bcc_abi_scan(const struct btf *btf, uint32_t type, size_t size, const char *string, void *data)
{
	struct text text = {.in = string,
		.btf = btf,
		.number = abi_value_text_read_number,
		.string = read_string,
		.mark = read_mark};

	return abi_value_text_whole(&text, type, size, data) ? 0 : -EINVAL;
}
