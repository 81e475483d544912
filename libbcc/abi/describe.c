/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types as JSON for BCC's clients: a number is "int", "unsigned long long", …; a struct or union is
 *
 *   [NAME, [[FIELD, TYPE], [FIELD, TYPE, [ELEMENTS]], [FIELD, TYPE, BITS], …], KIND]
 *
 * with KIND "struct", "union" or "struct_packed", and a struct within a struct is the same with the field's
 * name as NAME. What the reader lays out by C's rules must match the program's layout: gaps that C would not
 * leave become fields.
 */
#include "abi.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_DEPTH 16

struct out {
	FILE *file;
	const struct btf *btf;
};

static void abi_describe_print_type(struct out *out, const char *name, uint32_t id, int depth);

static const struct btf_type *abi_describe_resolve(const struct out *out, uint32_t *id)
{
	int resolved = btf__resolve_type(out->btf, *id);

	if (resolved < 0)
		return NULL;
	*id = resolved;
	return btf__type_by_id(out->btf, resolved);
}

static const char *number_name(const struct out *out, const struct btf_type *type, int64_t size)
{
	static const char *const is_signed[] = {"char", "short", "int", "long long", "__int128"};
	static const char *const is_unsigned[] = {
		"unsigned char", "unsigned short", "unsigned int", "unsigned long long", "unsigned __int128"};
	int log = size > 0 && size <= 16 ? __builtin_ctzll(size) : 0;
	int encoding = btf_is_int(type) ? btf_int_encoding(type) : 0;

	if (encoding & BTF_INT_BOOL)
		return "_Bool";
	if (btf_is_float(type))
		return size == 4 ? "float" : "double";
	if (btf_is_int(type) && size == 1 &&
		((encoding & BTF_INT_CHAR) || btf__name_by_offset(out->btf, type->name_off)[0] == 'c'))
		return "char";
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

static void print_field(struct out *out, const char *name, uint32_t id, uint32_t bits, int depth)
{
	bool is_array;
	uint32_t count = abi_describe_elements(out, &id, &is_array);
	const struct btf_type *type = abi_describe_resolve(out, &id);

	if (type && btf_is_composite(type) && !is_array) {
		abi_describe_print_type(out, name, id, depth + 1);
		return;
	}
	fprintf(out->file, "[\"%s\", ", name);
	abi_describe_print_type(out, NULL, id, depth + 1);
	if (is_array)
		fprintf(out->file, ", [%u]", count);
	else if (bits)
		fprintf(out->file, ", %u", bits);
	fputs("]", out->file);
}

/* Where C puts the next member, in bytes; for a bit field: its actual position. */
static uint32_t abi_describe_natural(const struct out *out, const struct btf_type *type, int i, uint32_t end)
{
	uint32_t align = abi_describe_alignment(out, btf_members(type)[i].type, 0);

	return (end + align - 1) / align * align;
}

static bool is_packed(const struct out *out, const struct btf_type *type, uint32_t align)
{
	if (btf_is_union(type))
		return false;
	for (int i = 0; i < btf_vlen(type); i++) {
		uint32_t bit = btf_member_bit_offset(type, i);

		if (!btf_member_bitfield_size(type, i) &&
			(bit / 8) % abi_describe_alignment(out, btf_members(type)[i].type, 0))
			return true;
	}
	return type->size % align != 0;
}

static void print_pad(struct out *out, uint32_t at, uint32_t bytes, bool *first)
{
	fprintf(out->file, "%s[\"__pad_%u\", \"char\", [%u]]", *first ? "" : ", ", at, bytes);
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
			print_pad(out, end, at - end, &first);
		fputs(first ? "" : ", ", out->file);
		first = false;
		print_field(out, btf__name_by_offset(out->btf, member->name_off), member->type, bits, depth);
		end = bits ? (btf_member_bit_offset(type, i) + bits + 7) / 8 : at + (size > 0 ? size : 0);
	}
	if (packed)
		align = 1;
	if (btf_is_struct(type) && (end + align - 1) / align * align < type->size)
		print_pad(out, end, type->size - end, &first);
}

static void abi_describe_print_compound(
	struct out *out, const char *name, const struct btf_type *type, int depth)
{
	uint32_t align = 1;
	bool packed;

	for (int i = 0; i < btf_vlen(type); i++) {
		uint32_t own = abi_describe_alignment(out, btf_members(type)[i].type, 0);

		align = own > align ? own : align;
	}
	packed = is_packed(out, type, align);
	fprintf(out->file, "[\"%s\", [", name ? name : btf__name_by_offset(out->btf, type->name_off));
	abi_describe_print_members(out, type, packed, depth);
	fprintf(out->file, "], \"%s\"]", btf_is_union(type) ? "union" : packed ? "struct_packed" : "struct");
}

/* `name`: of the field, NULL: the type's own */
static void abi_describe_print_type(struct out *out, const char *name, uint32_t id, int depth)
{
	const struct btf_type *type = abi_describe_resolve(out, &id);

	if (!type || depth > MAX_DEPTH)
		fputs("\"unsigned char\"", out->file);
	else if (btf_is_composite(type))
		abi_describe_print_compound(out, name, type, depth);
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
		print_field(&out, "elements", id, 0, 0);
		fputs("], \"struct\"]", out.file);
	} else {
		abi_describe_print_type(&out, NULL, id, 0);
	}
	if (fclose(out.file)) {
		free(text);
		return NULL;
	}
	return text;
}
