/* SPDX-License-Identifier: Apache-2.0 */
#include "typed_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "field.h"
#include "json_text.h"
#include "text.h"

#define TYPED_TEXT_DEPTH 16

/* Bytes of a value, and how it is written. */
struct typed_text {
	struct buffer *out;
	struct bcc *owner;
	const unsigned char *data;
	size_t size;
	bool json;
};

static void typed_text_members(const struct typed_text *t, const struct bcc_field *fields, int count,
	uint64_t bit_offset, int depth);

static void typed_text_bytes(const struct typed_text *t, uint64_t offset, uint64_t bits)
{
	buffer_text(t->out, t->json ? "\"" : "");
	for (uint64_t i = 0; i < bits / 8; i++)
		buffer_printf(t->out, i && !t->json ? " %02x" : "%02x", t->data[offset / 8 + i]);
	buffer_text(t->out, t->json ? "\"" : "");
}

static void typed_text_real(const struct typed_text *t, uint64_t offset, unsigned bits)
{
	double real = field_real(t->data, offset, bits);

	if (t->json && !isfinite(real))
		buffer_text(t->out, "null");
	else
		buffer_printf(t->out, "%.17g", real);
}

static void typed_text_number(const struct typed_text *t, const struct bcc_field *field, uint64_t number)
{
	int64_t value = field->is_signed ? field_signed(number, field->bit_size) : (int64_t)number;
	const char *name =
		field->kind == BCC_FIELD_ENUM ? bcc_field_enumerator(t->owner, field, value) : NULL;

	if (name)
		buffer_printf(t->out, t->json ? "\"%s\"" : "%s", name);
	else if (field->is_signed)
		buffer_signed(t->out, value);
	else
		buffer_unsigned(t->out, number);
}

static void typed_text_scalar(const struct typed_text *t, const struct bcc_field *field, uint64_t offset)
{
	uint64_t number;

	if (field->bit_size > 64 || !field->bit_size ||
		(field->kind == BCC_FIELD_FLOAT && field->bit_size < 32)) {
		typed_text_bytes(t, offset, field->bit_size);
		return;
	}
	if (field->kind == BCC_FIELD_FLOAT) {
		typed_text_real(t, offset, field->bit_size);
		return;
	}
	number = field_bits(t->data, offset, field->bit_size);
	if (field->kind == BCC_FIELD_POINTER)
		buffer_printf(t->out, t->json ? "\"0x%" PRIx64 "\"" : "0x%" PRIx64, number);
	else if (field->kind == BCC_FIELD_BOOL)
		buffer_text(t->out, number ? "true" : "false");
	else
		typed_text_number(t, field, number);
}

/* An array of char is a text up to its NUL. */
static void typed_text_chars(const struct typed_text *t, uint64_t offset, uint32_t count)
{
	const char *text = (const char *)t->data + offset / 8;
	size_t length = strnlen(text, count);

	if (t->json) {
		json_bytes(t->out, text, length);
		return;
	}
	buffer_char(t->out, '"');
	text_add_printable(t->out, text, length);
	buffer_char(t->out, '"');
}

static void typed_text_one(
	const struct typed_text *t, const struct bcc_field *field, uint64_t offset, int depth)
{
	const struct bcc_field *members;
	int count = 0;

	if (field->kind == BCC_FIELD_STRUCT || field->kind == BCC_FIELD_UNION)
		count = bcc_field_members(t->owner, field, &members);
	if (count > 0 && depth < TYPED_TEXT_DEPTH)
		typed_text_members(t, members, count, offset, depth + 1);
	else if (field->kind == BCC_FIELD_STRUCT || field->kind == BCC_FIELD_UNION)
		typed_text_bytes(t, offset, field->bit_size);
	else
		typed_text_scalar(t, field, offset);
}

static void typed_text_field(
	const struct typed_text *t, const struct bcc_field *field, uint64_t offset, int depth)
{
	uint64_t count = field->is_array ? field->array_elements : 1, room = (uint64_t)t->size * 8;

	/* what the kernel says of the type need not be so for the value */
	if (offset > room || (field->bit_size && count > (room - offset) / field->bit_size)) {
		buffer_text(t->out, t->json ? "null" : "?");
		return;
	}
	if (!field->is_array) {
		typed_text_one(t, field, offset, depth);
		return;
	}
	if (field->is_char && field->bit_size == 8) {
		typed_text_chars(t, offset, (uint32_t)count);
		return;
	}
	buffer_char(t->out, '[');
	for (uint64_t i = 0; i < count; i++) {
		buffer_text(t->out, !i ? "" : t->json ? "," : ", ");
		typed_text_one(t, field, offset + i * field->bit_size, depth);
	}
	buffer_char(t->out, ']');
}

static void typed_text_members(
	const struct typed_text *t, const struct bcc_field *fields, int count, uint64_t bit_offset, int depth)
{
	bool first = true;

	buffer_char(t->out, '{');
	for (int i = 0; i < count; i++) {
		if (!*fields[i].name)
			continue; /* padding */
		if (t->json) {
			json_name(t->out, fields[i].name);
		} else {
			buffer_printf(t->out, "%s%s = ", first ? "" : ", ", fields[i].name);
		}
		first = false;
		typed_text_field(t, &fields[i], bit_offset + fields[i].bit_offset, depth);
	}
	buffer_char(t->out, '}');
}

void typed_text(struct buffer *b, struct bcc *owner, const struct bcc_field *fields, int count,
	const void *data, size_t size, bool json)
{
	const struct typed_text t = {.out = b, .owner = owner, .data = data, .size = size, .json = json};

	if (count <= 0)
		typed_text_bytes(&t, 0, (uint64_t)size * 8);
	else if (count == 1 && !*fields->name)
		typed_text_field(&t, fields, 0, 0);
	else
		typed_text_members(&t, fields, count, 0, 0);
}
