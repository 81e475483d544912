/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr/literal.h"

enum { MOST_WIDTH = 1000 };

struct format_parser {
	struct token_reader *r;
	const char *at, *end;
};

static char *format_take(struct buffer *b, size_t *size)
{
	char *data = buffer_grow(b->data, b->size + 1);

	*size = b->size;
	*b = (struct buffer){0};
	return data;
}

/* The number of a width or precision. */
static unsigned format_number(struct format_parser *p)
{
	const char *begin = p->at;
	unsigned value = 0;

	if (p->at < p->end && *p->at == '*')
		token_fail(p->r, p->at, "a width is a number here");
	while (p->at < p->end && *p->at >= '0' && *p->at <= '9' && value <= MOST_WIDTH)
		value = value * 10 + (*p->at++ - '0');
	if (value > MOST_WIDTH)
		token_fail(p->r, begin, "a width is at most %d", MOST_WIDTH);
	return value;
}

/* "hh", "ll": the size of an integer. */
static unsigned format_size(struct format_parser *p)
{
	static const struct {
		const char *text;
		unsigned bytes;
	} sizes[] = {{"hh", 1}, {"h", 2}, {"ll", 8}, {"l", 8}, {"q", 8}, {"j", 8}, {"z", 8}, {"t", 8}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t length = strlen(sizes[i].text);

		if ((size_t)(p->end - p->at) > length && !strncmp(p->at, sizes[i].text, length)) {
			p->at += length;
			return sizes[i].bytes;
		}
	}
	return 4;
}

static void format_set_kind(struct format_parser *p, struct format_conversion *c, bool sized, char letter)
{
	static const struct {
		char letter;
		enum format_kind kind;
	} kinds[] = {{'d', FORMAT_SIGNED}, {'i', FORMAT_SIGNED}, {'u', FORMAT_UNSIGNED},
		{'x', FORMAT_UNSIGNED}, {'X', FORMAT_UNSIGNED}, {'o', FORMAT_UNSIGNED},
		{'c', FORMAT_CHARACTER}, {'s', FORMAT_TEXT}, {'p', FORMAT_POINTER},
		{'K', FORMAT_KERNEL_SYMBOL}, {'U', FORMAT_USER_SYMBOL}, {'S', FORMAT_STRUCT}};
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(*kinds) && kinds[i].letter != letter)
		i++;
	if (i == sizeof(kinds) / sizeof(*kinds)) {
		token_fail(
			p->r, c->at, "%%%c is unknown; integers are %%d %%u %%x %%o %%c, texts %%s", letter);
		return;
	}
	c->kind = kinds[i].kind;
	if (sized && c->kind != FORMAT_SIGNED && c->kind != FORMAT_UNSIGNED)
		token_fail(p->r, c->at, "%%%c has no size", letter);
	if (c->kind == FORMAT_CHARACTER)
		c->bytes = 1;
	else if (c->kind != FORMAT_SIGNED && c->kind != FORMAT_UNSIGNED)
		c->bytes = 8;
}

/* Builds what printf() is given: flags, width and precision are as they were written. */
static void format_set_printf(struct format_conversion *c, const char *flags, size_t flag_count,
	unsigned width, bool precise, unsigned precision, char letter)
{
	char *to = c->printf_as;
	size_t room = sizeof(c->printf_as);
	int used = snprintf(to, room, "%%%.*s", (int)flag_count, flags);

	if (width)
		used += snprintf(to + used, room - used, "%u", width);
	switch (c->kind) {
	case FORMAT_SIGNED:
	case FORMAT_UNSIGNED:
	case FORMAT_POINTER:
		if (precise)
			used += snprintf(to + used, room - used, ".%u", precision);
		if (c->kind == FORMAT_POINTER)
			snprintf(to, room, "%%#%.*s", (int)flag_count, flags);
		if (c->kind == FORMAT_POINTER && width)
			snprintf(to + strlen(to), room - strlen(to), "%u", width);
		snprintf(to + strlen(to), room - strlen(to), "ll%c",
			c->kind == FORMAT_POINTER  ? 'x'
			: c->kind == FORMAT_SIGNED ? 'd'
						   : letter);
		break;
	case FORMAT_CHARACTER:
		snprintf(to + used, room - used, "c");
		break;
	default:
		/* the length that is printed is given */
		snprintf(to + used, room - used, ".*s");
	}
}

static void format_conversion(struct format_parser *p, struct format_conversion *c)
{
	unsigned width, precision = 0;
	const char *flags, *size;
	size_t flag_count;
	bool precise = false, sized;

	c->at = p->at++;
	flags = p->at;
	while (p->at < p->end && strchr("-+ #0", *p->at) && p->at - flags < 8)
		p->at++;
	flag_count = p->at - flags;
	width = format_number(p);
	if (p->at < p->end && *p->at == '.') {
		p->at++;
		precise = true;
		precision = format_number(p);
	}
	size = p->at;
	c->bytes = format_size(p);
	sized = p->at > size;
	if (p->at >= p->end) {
		token_fail(p->r, c->at, "what the %% prints is missing");
		return;
	}
	format_set_kind(p, c, sized, *p->at);
	format_set_printf(c, flags, flag_count, width, precise, precision, *p->at);
	if (c->kind == FORMAT_TEXT && precise)
		c->bytes = precision;
	else if (c->kind == FORMAT_TEXT)
		c->bytes = UINT32_MAX;
	p->at++;
}

void format_read(struct token_reader *r, const struct token *token, struct format *f)
{
	struct format_parser p = {.r = r, .at = token->text + 1, .end = token->text + token->length - 1};
	struct buffer text = {0};

	*f = (struct format){0};
	while (p.at < p.end && !r->failed) {
		struct format_conversion *c;

		if (*p.at != '%') {
			buffer_char(&text, (char)literal_character(r, &p.at, p.end));
			continue;
		}
		if (p.at + 1 < p.end && p.at[1] == '%') {
			buffer_char(&text, '%');
			p.at += 2;
			continue;
		}
		f->conversions = buffer_grow(f->conversions, (f->count + 1) * sizeof(*f->conversions));
		c = &f->conversions[f->count++];
		*c = (struct format_conversion){0};
		c->before = format_take(&text, &c->before_size);
		format_conversion(&p, c);
	}
	f->after = format_take(&text, &f->after_size);
}

void format_free(struct format *f)
{
	while (f->count)
		free(f->conversions[--f->count].before);
	free(f->conversions);
	free(f->after);
	*f = (struct format){0};
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

void format_add_number(struct buffer *to, const struct format_conversion *c, uint64_t value)
{
	char text[MOST_WIDTH + 64];
	int length;

	if (c->kind == FORMAT_CHARACTER)
		length = snprintf(text, sizeof(text), c->printf_as, (int)value);
	else
		length = snprintf(text, sizeof(text), c->printf_as, (unsigned long long)value);
	buffer_add(to, text, length < (int)sizeof(text) ? length : (int)sizeof(text) - 1);
}

void format_add_text(struct buffer *to, const struct format_conversion *c, const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	if (c->kind == FORMAT_TEXT && length > c->bytes)
		length = c->bytes;
	buffer_printf(to, c->printf_as, (int)length, text);
}
