/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types as JSON for BCC's clients: a number is "int", "unsigned long long", …; a struct or union is
 *
 *   [NAME, [[FIELD, TYPE], [FIELD, TYPE, [ELEMENTS]], [FIELD, TYPE, BITS], …], KIND]
 *
 * with KIND "struct", "union" or "struct_packed". An unnamed member is one of these with "" as NAME, without
 * [FIELD, …] around it. A struct is packed, and its gaps are fields; but with bit fields it is one that the
 * reader lays out by C's rules, and only gaps that C would not leave become fields. A row of text in an array
 * of rows is a struct of one field, "value".
 */
#include "abi.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 16

struct out {
	FILE *file;
	const struct btf *btf;
};

static void abi_describe_print_type(struct out *out, uint32_t id, int depth);

static const struct btf_type *abi_describe_resolve(const struct out *out, uint32_t *id)
{
	int resolved = btf__resolve_type(out->btf, *id);

	if (resolved < 0)
		return NULL;
	*id = resolved;
	return btf__type_by_id(out->btf, resolved);
}

/* The names that readers know, by the types' own ones, or by what they are. Python knows no signed char. */
static const char *number_name(const struct out *out, const struct btf_type *type, int64_t size)
{
	static const char *const is_signed[] = {"char", "short", "int", "long long", "__int128"};
	static const char *const is_unsigned[] = {
		"unsigned char", "unsigned short", "unsigned int", "unsigned long long", "unsigned __int128"};
	int log = size > 0 && size <= 16 ? __builtin_ctzll(size) : 0;
	int encoding = btf_is_int(type) ? btf_int_encoding(type) : 0;
	const char *name = btf__name_by_offset(out->btf, type->name_off);

	if (encoding & BTF_INT_BOOL)
		return "_Bool";
	if (btf_is_float(type))
		return size == 4 ? "float" : "double";
	if (btf_is_int(type) && size == 1 && ((encoding & BTF_INT_CHAR) || name[0] == 'c'))
		return "char";
	if (btf_is_int(type) && !strcmp(name, "long"))
		return "long";
	if (btf_is_int(type) && !strcmp(name, "unsigned long"))
		return "unsigned long";
	return encoding & BTF_INT_SIGNED || (btf_is_any_enum(type) && btf_kflag(type)) ? is_signed[log]
										       : is_unsigned[log];
}

/* Alignment as the reader will compute it: __int128 is two numbers of eight bytes there. */
static uint32_t abi_describe_alignment(const struct out *out, uint32_t id, int depth)
{
	const struct btf_type *type = abi_describe_resolve(out, &id);
	uint32_t align = 1;
	int64_t size;

	if (!type || depth > MAX_DEPTH)
		return 1;
	if (btf_is_array(type))
		return abi_describe_alignment(out, btf_array(type)->type, depth + 1);
	if (btf_is_composite(type)) {
		for (int i = 0; i < btf_vlen(type); i++) {
			uint32_t member = abi_describe_alignment(out, btf_members(type)[i].type, depth + 1);

			align = member > align ? member : align;
		}
		return align;
	}
	size = btf__resolve_size(out->btf, id);
	return size < 1 ? 1 : size > 8 ? 8 : size;
}

/* Follows an array of any dimensions to its element; returns the number of elements, 0 if it is not an
 * array. */
static uint32_t abi_describe_elements(const struct out *out, uint32_t *id, bool *is_array)
{
	const struct btf_type *type = abi_describe_resolve(out, id);
	uint32_t count = 1;

	*is_array = false;
	for (int depth = 0; type && btf_is_array(type) && depth < MAX_DEPTH; depth++) {
		*is_array = true;
		count *= btf_array(type)->nelems;
		*id = btf_array(type)->type;
		type = abi_describe_resolve(out, id);
	}
	return count;
}

static bool is_text(const struct out *out, uint32_t id)
{
	const struct btf_type *type = abi_describe_resolve(out, &id);

	return type && btf_is_int(type) &&
	       !strcmp(number_name(out, type, btf__resolve_size(out->btf, id)), "char");
}

/* The length of the rows of an array of texts, 0: it is none. */
static uint32_t row_length(const struct out *out, uint32_t id)
{
	const struct btf_type *type = abi_describe_resolve(out, &id), *row = NULL;

	for (int depth = 0; type && btf_is_array(type) && depth < MAX_DEPTH; depth++) {
		uint32_t element = btf_array(type)->type;

		if (is_text(out, element))
			return row ? btf_array(type)->nelems : 0;
		row = type;
		type = abi_describe_resolve(out, &element);
	}
	return 0;
}

static void print_array(struct out *out, uint32_t element, uint32_t count, uint32_t row, int depth)
{
	if (row) {
		fprintf(out->file, "[\"\", [[\"value\", \"char\", [%u]]], \"struct_packed\"], [%u]", row,
			count / row);
	} else {
		abi_describe_print_type(out, element, depth + 1);
		fprintf(out->file, ", [%u]", count);
	}
}

static void print_field(struct out *out, const char *name, uint32_t id, uint32_t bits, int depth)
{
	bool is_array;
	uint32_t row = row_length(out, id), count = abi_describe_elements(out, &id, &is_array);
	const struct btf_type *type = abi_describe_resolve(out, &id);

	if (type && btf_is_composite(type) && !is_array && !*name) {
		abi_describe_print_type(out, id, depth + 1);
		return;
	}
	fprintf(out->file, "[\"%s\", ", name);
	if (is_array)
		print_array(out, id, count, row, depth);
	else
		abi_describe_print_type(out, id, depth + 1);
	if (bits)
		fprintf(out->file, ", %u", bits);
	fputs("]", out->file);
}

/* Where C puts the next member, in bytes; for a bit field: its actual position. */
static uint32_t abi_describe_natural(const struct out *out, const struct btf_type *type, int i, uint32_t end)
{
	uint32_t align = abi_describe_alignment(out, btf_members(type)[i].type, 0);

	return (end + align - 1) / align * align;
}

static bool has_bit_fields(const struct btf_type *type)
{
	for (int i = 0; i < btf_vlen(type); i++)
		if (btf_member_bitfield_size(type, i))
			return true;
	return false;
}

static bool is_packed(const struct out *out, const struct btf_type *type, uint32_t align)
{
	if (btf_is_union(type))
		return false;
	if (!has_bit_fields(type))
		return true;
	for (int i = 0; i < btf_vlen(type); i++) {
		uint32_t bit = btf_member_bit_offset(type, i);

		if (!btf_member_bitfield_size(type, i) &&
			(bit / 8) % abi_describe_alignment(out, btf_members(type)[i].type, 0))
			return true;
	}
	return type->size % align != 0;
}

/* Before member `i`, or behind the last one. */
static void print_pad(struct out *out, const struct btf_type *type, int i, uint32_t bytes, bool *first)
{
	fprintf(out->file, i < btf_vlen(type) ? "%s[\"__pad_%d\"" : "%s[\"__pad_end\"", *first ? "" : ", ",
		i);
	fprintf(out->file, ", \"char\", [%u]]", bytes);
	*first = false;
}

static void abi_describe_print_members(struct out *out, const struct btf_type *type, bool packed, int depth)
{
	uint32_t end = 0, align = 1, expected;
	bool first = true;

	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		uint32_t bits = btf_member_bitfield_size(type, i);
		uint32_t at = btf_member_bit_offset(type, i) / 8,
			 own = abi_describe_alignment(out, member->type, 0);
		int64_t size = btf__resolve_size(out->btf, member->type);

		align = own > align ? own : align;
		expected = packed || bits ? end : abi_describe_natural(out, type, i, end);
		if (btf_is_struct(type) && at > expected && !bits)
			print_pad(out, type, i, at - end, &first);
		fputs(first ? "" : ", ", out->file);
		first = false;
		print_field(out, btf__name_by_offset(out->btf, member->name_off), member->type, bits, depth);
		end = bits ? (btf_member_bit_offset(type, i) + bits + 7) / 8 : at + (size > 0 ? size : 0);
	}
	if (packed)
		align = 1;
	if (btf_is_struct(type) && (end + align - 1) / align * align < type->size)
		print_pad(out, type, btf_vlen(type), type->size - end, &first);
}

static void abi_describe_print_compound(struct out *out, const struct btf_type *type, int depth)
{
	uint32_t align = 1;
	bool packed;

	for (int i = 0; i < btf_vlen(type); i++) {
		uint32_t own = abi_describe_alignment(out, btf_members(type)[i].type, 0);

		align = own > align ? own : align;
	}
	packed = is_packed(out, type, align);
	fprintf(out->file, "[\"%s\", [", btf__name_by_offset(out->btf, type->name_off));
	abi_describe_print_members(out, type, packed, depth);
	fprintf(out->file, "], \"%s\"]", btf_is_union(type) ? "union" : packed ? "struct_packed" : "struct");
}

static void abi_describe_print_type(struct out *out, uint32_t id, int depth)
{
	const struct btf_type *type = abi_describe_resolve(out, &id);

	if (!type || depth > MAX_DEPTH)
		fputs("\"unsigned char\"", out->file);
	else if (btf_is_composite(type))
		abi_describe_print_compound(out, type, depth);
	else if (btf_is_ptr(type))
		fputs("\"unsigned long long\"", out->file);
	else
		fprintf(out->file, "\"%s\"", number_name(out, type, btf__resolve_size(out->btf, id)));
}

char *bcc_abi_describe(const struct btf *btf, uint32_t id)
{
	char *text = NULL;
	size_t size;
	struct out out = {.file = open_memstream(&text, &size), .btf = btf};
	const struct btf_type *type;

	if (!out.file)
		return NULL;
	type = abi_describe_resolve(&out, &id);
	if (type && btf_is_array(type)) {
		/* the format only knows arrays as fields */
		fputs("[\"\", [", out.file);
		print_field(&out, "value", id, 0, 0);
		fputs("], \"struct_packed\"]", out.file);
	} else {
		abi_describe_print_type(&out, id, 0);
	}
	if (fclose(out.file)) {
		free(text);
		return NULL;
	}
	return text;
}
