/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <bcc/symbols.h>
#include <ctype.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "field.h"
#include "symbol.h"
#include "typed.h"

enum {
	MOST_DEPTH = 8, /* of structs in structs */
	MOST_COLUMNS = 512,
	MOST_ELEMENTS = 64, /* of arrays that are shown */
	MOST_FRAMES = 127,
	TEXT_WIDTH = 16,
};

/* How a field is read. */
enum typed_form {
	TYPED_NUMBER,
	TYPED_TEXT,
	TYPED_ENUM,
	TYPED_POINTER,
	TYPED_FLOAT,
	TYPED_PORT, /* __be16 */
	TYPED_IPV4,
	TYPED_IPV6,
	TYPED_LIST,	/* of numbers */
	TYPED_BYTES,	/* as hexadecimal digits */
	TYPED_STACK_ID, /* of a table of stacks */
	TYPED_STACK,	/* addresses */
};

struct typed_leaf {
	struct typed *owner;
	struct bcc *b;
	const struct bcc_field *field;
	uint64_t bit_offset; /* in the record */
	size_t end;	     /* where what it is a member of ends there, in bytes */
	enum typed_form form;
	struct bcc_table *stacks;
	char *name, *json;
	struct buffer text; /* of the last value */
};

struct typed {
	struct bcc *b;
	struct bcc_table *stacks;    /* NULL: the text has none */
	struct tool_column *columns; /* one more than `count` */
	struct typed_leaf **leaves;  /* of the same indexes; NULL: a column that was added */
	size_t count;
	size_t end; /* of what is being added */
};

/* ---- reading a record ---- */

static uint64_t typed_bits(const struct typed_leaf *leaf, const struct tool_row *row)
{
	return field_bits(row->data, leaf->bit_offset, leaf->field->bit_size);
}

static bool typed_is_inside(const struct tool_row *row, uint64_t bit_offset, uint64_t bits)
{
	return bit_offset + bits <= (uint64_t)row->size * 8;
}

/* From a field on, in bytes: what it can have at most. */
static size_t typed_left(const struct typed_leaf *leaf, const struct tool_row *row)
{
	return (row->size < leaf->end ? row->size : leaf->end) - leaf->bit_offset / 8;
}

/* ---- the forms ---- */

static void typed_number(const struct bcc_field *field, uint64_t number, struct value *v)
{
	if (field->kind == BCC_FIELD_BOOL) {
		v->kind = VALUE_BOOL;
		v->number = number != 0;
	} else if (field->is_signed) {
		value_signed(v, field_signed(number, field->bit_size));
	} else {
		value_unsigned(v, number);
	}
}

static void typed_enum(const struct typed_leaf *leaf, uint64_t number, struct value *v)
{
	const struct bcc_field *field = leaf->field;
	int64_t value = field->is_signed ? field_signed(number, field->bit_size) : (int64_t)number;
	const char *name = bcc_field_enumerator(leaf->b, field, value);

	if (name)
		value_text(v, name, strlen(name));
	else
		typed_number(field, number, v);
}

static void typed_address(struct buffer *text, int family, const char *at, struct value *v)
{
	char *to = buffer_reserve(text, INET6_ADDRSTRLEN);

	if (inet_ntop(family, at, to, INET6_ADDRSTRLEN))
		value_text(v, to, strlen(to));
	else
		v->kind = VALUE_NONE;
}

static void typed_list(
	const struct typed_leaf *leaf, struct buffer *text, const struct tool_row *row, struct value *v)
{
	const struct bcc_field *field = leaf->field;
	uint32_t count = field->array_elements;

	if (!count)
		count = field->bit_size ? typed_left(leaf, row) * 8 / field->bit_size : 0;
	for (uint32_t i = 0; i < count && i < MOST_ELEMENTS; i++) {
		uint64_t number = field_bits(
			row->data, leaf->bit_offset + (uint64_t)i * field->bit_size, field->bit_size);

		if (field->is_signed)
			buffer_signed(text, field_signed(number, field->bit_size));
		else
			buffer_unsigned(text, number);
		buffer_char(text, '\0');
	}
	v->kind = VALUE_LIST;
	v->text = text->data ? text->data : "";
	v->length = text->size;
	v->more = count > MOST_ELEMENTS;
}

static void typed_bytes(struct buffer *text, const unsigned char *at, size_t size, struct value *v)
{
	v->more = size > 2 * MOST_ELEMENTS;
	for (size_t i = 0; i < size && i < 2 * MOST_ELEMENTS; i++)
		buffer_printf(text, "%02x", at[i]);
	value_text(v, text->data ? text->data : "", text->size);
}

/* ---- stacks ---- */

/* The process of the record, whose addresses those of programs are; 0: it does not say. */
static uint32_t typed_process(const struct typed *t, const struct tool_row *row)
{
	static const char *const names[] = {"tgid", "pid"};

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		for (size_t i = 0; i < t->count; i++) {
			const struct typed_leaf *leaf = t->leaves[i];

			if (leaf && leaf->form == TYPED_NUMBER && !strcmp(leaf->json, names[n]) &&
				typed_is_inside(row, leaf->bit_offset, leaf->field->bit_size))
				return typed_bits(leaf, row);
		}
	}
	return 0;
}

static void typed_frames(const struct typed_leaf *leaf, struct buffer *text, const struct tool_row *row,
	const uint64_t *addresses, int count, struct value *v)
{
	struct symbol_owner process = {.pid = typed_process(leaf->owner, row)}, kernel = {0};

	for (int i = 0; i < count && addresses[i]; i++) {
		/* both sides may be in one: the upper half of the addresses is the kernel's */
		bool is_kernel = addresses[i] >> 63;

		if (is_kernel || process.pid)
			symbol_add(text, is_kernel ? &kernel : &process, addresses[i], BCC_SYMBOL_OFFSET);
		else
			buffer_printf(text, "0x%llx", (unsigned long long)addresses[i]);
		buffer_char(text, '\0');
	}
	v->kind = VALUE_LIST;
	v->text = text->data ? text->data : "";
	v->length = text->size;
}

static void typed_stack_id(
	const struct typed_leaf *leaf, struct buffer *text, const struct tool_row *row, struct value *v)
{
	int64_t id = field_signed(typed_bits(leaf, row), leaf->field->bit_size);
	uint64_t addresses[MOST_FRAMES];
	int count = id < 0 ? 0 : bcc_stack_read(leaf->stacks, id, addresses, MOST_FRAMES);

	/* a negative number is the error of bpf_get_stackid() */
	typed_frames(leaf, text, row, addresses,
		count < 0	      ? 0
		: count < MOST_FRAMES ? count
				      : MOST_FRAMES,
		v);
}

static void typed_stack(
	const struct typed_leaf *leaf, struct buffer *text, const struct tool_row *row, struct value *v)
{
	uint64_t addresses[MOST_FRAMES], room = typed_left(leaf, row) / sizeof(uint64_t);
	uint32_t count = leaf->field->array_elements;

	if (!count || count > room)
		count = room;
	if (count > MOST_FRAMES)
		count = MOST_FRAMES;
	memcpy(addresses, (const char *)row->data + leaf->bit_offset / 8, count * sizeof(*addresses));
	typed_frames(leaf, text, row, addresses, count, v);
}

/* ---- a column's value ---- */

/* How many bits of it a record must have. */
static uint64_t typed_needs(const struct typed_leaf *leaf)
{
	const struct bcc_field *field = leaf->field;

	/* programs may send only what they have filled of arrays at the end */
	if (leaf->form == TYPED_TEXT || leaf->form == TYPED_STACK || leaf->form == TYPED_BYTES)
		return 0;
	return field->is_array ? (uint64_t)field->bit_size * field->array_elements : field->bit_size;
}

static void typed_get(const void *of, const struct tool_row *row, struct value *v)
{
	const struct typed_leaf *leaf = of;
	const struct bcc_field *field = leaf->field;
	const char *at = (const char *)row->data + leaf->bit_offset / 8;
	struct buffer *text = (struct buffer *)&leaf->text;
	size_t left, bytes = (size_t)field->bit_size / 8 * (field->is_array ? field->array_elements : 1);
	uint64_t number;

	v->kind = VALUE_NONE;
	text->size = 0;
	if (!typed_is_inside(row, leaf->bit_offset, typed_needs(leaf)))
		return;
	left = typed_left(leaf, row);
	if (bytes && bytes < left)
		left = bytes;
	switch (leaf->form) {
	case TYPED_NUMBER:
		typed_number(field, typed_bits(leaf, row), v);
		break;
	case TYPED_TEXT:
		value_text(v, at, strnlen(at, left));
		break;
	case TYPED_ENUM:
		typed_enum(leaf, typed_bits(leaf, row), v);
		break;
	case TYPED_POINTER:
		number = typed_bits(leaf, row);
		buffer_printf(text, "0x%llx", (unsigned long long)number);
		value_text(v, text->data, text->size);
		break;
	case TYPED_FLOAT:
		v->kind = VALUE_REAL;
		v->real = field_real(row->data, leaf->bit_offset, field->bit_size);
		break;
	case TYPED_PORT:
		value_unsigned(v, (unsigned char)at[0] << 8 | (unsigned char)at[1]);
		break;
	case TYPED_IPV4:
		typed_address(text, AF_INET, at, v);
		break;
	case TYPED_IPV6:
		typed_address(text, AF_INET6, at, v);
		break;
	case TYPED_LIST:
		typed_list(leaf, text, row, v);
		break;
	case TYPED_BYTES:
		typed_bytes(text, (const unsigned char *)at, left, v);
		break;
	case TYPED_STACK_ID:
		typed_stack_id(leaf, text, row, v);
		break;
	case TYPED_STACK:
		typed_stack(leaf, text, row, v);
		break;
	}
}

/* ---- the columns ---- */

static bool typed_named_like(const char *name, const char *part)
{
	return strcasestr(name, part) != NULL;
}

/* Of what is an array, or has more bytes than a number. */
static enum typed_form typed_array_form(const struct bcc_field *field, const char *name)
{
	bool whole_bytes = !(field->bit_size % 8);
	bool is_number = field->kind == BCC_FIELD_UNSIGNED || field->kind == BCC_FIELD_SIGNED;
	uint64_t bits = (uint64_t)field->bit_size * (field->is_array ? field->array_elements : 1);

	if (bits == 128 && is_number && (typed_named_like(name, "addr") || typed_named_like(name, "ip6")))
		return TYPED_IPV6;
	if (is_number && field->bit_size == 64 && typed_named_like(name, "stack"))
		return TYPED_STACK;
	if (is_number && field->bit_size > 8 && field->bit_size <= 64 && whole_bytes)
		return TYPED_LIST;
	return TYPED_BYTES;
}

static enum typed_form typed_form(const struct typed *t, const struct bcc_field *field, const char *name)
{
	if (field->is_char)
		return TYPED_TEXT;
	if (!field->is_array && !strcmp(field->type, "__be32"))
		return TYPED_IPV4;
	if (!field->is_array && !strcmp(field->type, "__be16"))
		return TYPED_PORT;
	if (!field->is_array && field->bit_size == 32 && !strcmp(field->type, "struct in_addr"))
		return TYPED_IPV4;
	if (!field->is_array && field->bit_size == 128 && !strcmp(field->type, "struct in6_addr"))
		return TYPED_IPV6;
	if (field->is_array || field->bit_size > 64 || !field->bit_size)
		return typed_array_form(field, name);
	switch (field->kind) {
	case BCC_FIELD_ENUM:
		return TYPED_ENUM;
	case BCC_FIELD_POINTER:
		return TYPED_POINTER;
	case BCC_FIELD_FLOAT:
		return field->bit_size == 32 || field->bit_size == 64 ? TYPED_FLOAT : TYPED_BYTES;
	case BCC_FIELD_STRUCT:
	case BCC_FIELD_UNION:
		return TYPED_BYTES;
	default:
		return t->stacks && field->bit_size >= 32 && typed_named_like(name, "stack") ? TYPED_STACK_ID
											     : TYPED_NUMBER;
	}
}

static short typed_width(enum typed_form form, const struct bcc_field *field, const char *name)
{
	short width = strlen(name), wanted;

	switch (form) {
	case TYPED_TEXT:
		wanted = field->array_elements < TEXT_WIDTH && field->is_array ? field->array_elements
									       : TEXT_WIDTH;
		break;
	case TYPED_IPV4:
		wanted = 15;
		break;
	case TYPED_IPV6:
		wanted = 24;
		break;
	case TYPED_ENUM:
	case TYPED_LIST:
	case TYPED_BYTES:
		wanted = 12;
		break;
	case TYPED_POINTER:
		wanted = 18;
		break;
	case TYPED_NUMBER:
		/* process IDs and the like have 7 digits in 32 bits; more is rare */
		wanted = field->bit_size <= 8	 ? 3
			 : field->bit_size <= 16 ? 5
			 : field->bit_size <= 32 ? 7
						 : 12;
		return width > wanted ? width : wanted;
	default:
		wanted = 0;
		break;
	}
	return -(width > wanted ? width : wanted);
}

static struct tool_column *typed_grow(struct typed *t)
{
	t->columns = buffer_grow(t->columns, (t->count + 2) * sizeof(*t->columns));
	t->leaves = buffer_grow(t->leaves, (t->count + 1) * sizeof(*t->leaves));
	t->leaves[t->count] = NULL;
	memset(&t->columns[t->count], 0, 2 * sizeof(*t->columns));
	return &t->columns[t->count++];
}

bool typed_has(const struct typed *t, const char *json)
{
	char name[64], wanted[64];

	column_json(&(struct tool_column){.name = json}, wanted, sizeof(wanted));
	for (size_t i = 0; i < t->count; i++) {
		column_json(&t->columns[i], name, sizeof(name));
		if (!strcmp(name, wanted))
			return true;
	}
	return false;
}

static char *typed_join(const char *before, const char *name)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", before, *before && *name ? "." : "", name) < 0)
		buffer_no_memory();
	return joined;
}

static void typed_add_leaf(
	struct typed *t, const struct bcc_field *field, uint64_t bit_offset, const char *json)
{
	struct typed_leaf *leaf = calloc(1, sizeof(*leaf));
	struct tool_column *column = typed_grow(t);
	char *name = strdup(json);

	if (!leaf || !name)
		buffer_no_memory();
	t->leaves[t->count - 1] = leaf;
	for (char *c = name; *c; c++)
		*c = toupper((unsigned char)*c);
	*leaf = (struct typed_leaf){.owner = t,
		.b = t->b,
		.field = field,
		.bit_offset = bit_offset,
		.end = t->end,
		.form = typed_form(t, field, json),
		.stacks = t->stacks,
		.name = name,
		.json = strdup(json)};
	if (!leaf->json)
		buffer_no_memory();
	*column = (struct tool_column){.name = name,
		.json = leaf->json,
		.help = "",
		.width = typed_width(leaf->form, field, name),
		.digits = 3,
		.get_of = typed_get,
		.of = leaf};
	if (leaf->form == TYPED_STACK || leaf->form == TYPED_STACK_ID)
		column->below = "    ";
}

static void typed_add_fields(struct typed *t, const struct bcc_field *fields, int count, uint64_t bit_offset,
	const char *before, const char *alone, int depth)
{
	for (int i = 0; i < count && t->count < MOST_COLUMNS; i++) {
		const struct bcc_field *field = &fields[i], *members;
		char *name = typed_join(before, *field->name || *before ? field->name : alone);
		bool is_address =
			!strcmp(field->type, "struct in_addr") || !strcmp(field->type, "struct in6_addr");
		bool is_struct = field->kind == BCC_FIELD_STRUCT || field->kind == BCC_FIELD_UNION;
		int inside = 0;

		if (is_struct && !field->is_array && !is_address && depth < MOST_DEPTH)
			inside = bcc_field_members(t->b, field, &members);
		if (inside > 0) {
			typed_add_fields(
				t, members, inside, bit_offset + field->bit_offset, name, alone, depth + 1);
		} else {
			if (typed_has(t, name)) {
				char *longer = typed_join(alone, name);

				free(name);
				name = longer;
			}
			typed_add_leaf(t, field, bit_offset + field->bit_offset, name);
		}
		free(name);
	}
}

void typed_add(struct typed *t, const struct bcc_field *fields, int count, size_t offset, size_t end,
	const char *alone)
{
	t->end = end;
	typed_add_fields(t, fields, count, offset * 8, "", alone, 0);
}

void typed_add_column(struct typed *t, const struct tool_column *column)
{
	*typed_grow(t) = *column;
}

size_t typed_count(const struct typed *t)
{
	return t->count;
}

const struct tool_column *typed_columns(struct typed *t)
{
	struct tool_column *last = NULL;

	for (size_t i = 0; i < t->count; i++)
		if (!t->columns[i].below && !t->columns[i].hidden)
			last = &t->columns[i];
	if (last && last->width < 0)
		last->width = 0;
	return t->columns;
}

struct typed *typed_new(struct bcc *b)
{
	struct typed *t = calloc(1, sizeof(*t));

	if (!t)
		buffer_no_memory();
	t->b = b;
	t->columns = buffer_grow(NULL, sizeof(*t->columns));
	memset(t->columns, 0, sizeof(*t->columns));
	for (size_t i = 0; i < bcc_table_count(b) && !t->stacks; i++) {
		struct bcc_table_info info = {.size = sizeof(info)};
		struct bcc_table *table = bcc_table_at(b, i);

		if (!bcc_table_info(table, &info) && info.type == BPF_MAP_TYPE_STACK_TRACE)
			t->stacks = table;
	}
	return t;
}

void typed_free(struct typed *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		if (!t->leaves[i])
			continue;
		buffer_free(&t->leaves[i]->text);
		free(t->leaves[i]->name);
		free(t->leaves[i]->json);
		free(t->leaves[i]);
	}
	free(t->columns);
	free(t->leaves);
	free(t);
}
