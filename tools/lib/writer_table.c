/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "text.h"
#include "writer.h"

/* How many columns of a terminal the bytes from `start` on take: characters, not bytes. */
static size_t table_width(const struct buffer *b, size_t start)
{
	size_t width = 0;

	for (size_t i = start; i < b->size; i++)
		width += (b->data[i] & 0xc0) != 0x80;
	return width;
}

/* Pads the cell that begins at `start`. */
static void table_pad(struct buffer *b, size_t start, int width)
{
	size_t wanted = width < 0 ? -width : width, used = table_width(b, start);

	if (used >= wanted)
		return;
	wanted -= used;
	if (width < 0) {
		buffer_fill(b, ' ', wanted);
		return;
	}
	buffer_reserve(b, wanted);
	memmove(b->data + start + wanted, b->data + start, b->size - start);
	memset(b->data + start, ' ', wanted);
	b->size += wanted;
}

static void table_text(
	struct buffer *b, const struct tool_column *column, const char *text, size_t length, bool more)
{
	if (column->cut && length > column->cut) {
		length = column->cut;
		/* not within a character */
		while (length && (text[length] & 0xc0) == 0x80)
			length--;
	}
	text_add_printable(b, text, length);
	if (more)
		buffer_add(b, "...", 3);
}

static void table_quoted(struct buffer *b, const char *text, size_t length)
{
	buffer_char(b, '"');
	for (const char *end = text + length; text < end;) {
		const char *quote = memchr(text, '"', end - text), *stop = quote ? quote : end;

		text_add_printable(b, text, stop - text);
		if (quote)
			buffer_add(b, "\\\"", 2);
		text = stop + (quote != NULL);
	}
	buffer_char(b, '"');
}

static void table_list(struct buffer *b, const struct tool_column *column, const struct value *value)
{
	const char *at = value->text, *end = at + value->length;
	bool quoted = column->format == COLUMN_QUOTED;

	while (at < end) {
		size_t length = strnlen(at, end - at);

		if (at > value->text)
			buffer_char(b, ' ');
		if (quoted)
			table_quoted(b, at, length);
		else
			text_add_printable(b, at, length);
		at += length + 1;
	}
	if (value->more)
		buffer_text(b, quoted ? " \"...\"" : " ...");
}

/* Those of a list that have a line each. */
static void table_lines(struct buffer *b, const struct tool_column *column, const struct value *value)
{
	const char *at = value->text, *end = at + value->length;

	while (at < end) {
		size_t length = strnlen(at, end - at);

		buffer_text(b, column->below);
		text_add_printable(b, at, length);
		buffer_char(b, '\n');
		at += length + 1;
	}
	if (value->more)
		buffer_printf(b, "%s...\n", column->below);
	if (!column->tight)
		buffer_char(b, '\n');
}

static void table_below(struct writer *w, const struct tool_row *row)
{
	for (size_t i = 0; i < w->choice.count; i++) {
		const struct tool_column *column = w->choice.columns[i];
		struct value value;

		if (!column->below)
			continue;
		column_get(column, row, &value);
		if (value.kind != VALUE_LIST)
			value.length = 0;
		table_lines(&w->out, column, &value);
	}
}

/* What stands between this column of the row and the one before; NULL: there is none before. */
static void table_between(struct buffer *b, const struct tool_column *before)
{
	if (before && before->after)
		buffer_text(b, before->after);
	else if (before && !before->tight)
		buffer_char(b, ' ');
}

static void table_cell(struct writer *w, const struct tool_column *column, const struct tool_row *row)
{
	struct buffer *b = &w->out;
	size_t start = b->size;
	struct value value;

	column_get(column, row, &value);
	if (value.kind == VALUE_TEXT)
		table_text(b, column, value.text, value.length, value.more);
	else if (value.kind == VALUE_LIST)
		table_list(b, column, &value);
	else if (value.kind == VALUE_NONE)
		buffer_char(b, '-');
	else
		writer_number(w, column, &value);
	table_pad(b, start, column->width);
}

void writer_table_row(struct writer *w, const struct tool_row *row)
{
	const struct tool_column *before = NULL;

	for (size_t i = 0; i < w->choice.count; i++) {
		const struct tool_column *column = w->choice.columns[i];

		if (column->below)
			continue;
		table_between(&w->out, before);
		table_cell(w, column, row);
		before = column;
	}
	buffer_char(&w->out, '\n');
	table_below(w, row);
}

void writer_table_header(struct writer *w)
{
	const struct tool_column *before = NULL;
	struct buffer *b = &w->out;

	for (size_t i = 0; i < w->choice.count; i++) {
		const struct tool_column *column = w->choice.columns[i];
		size_t start;

		if (column->below)
			continue;
		if (before && before->heading_after)
			buffer_text(b, before->heading_after);
		else
			table_between(b, before);
		start = b->size;
		buffer_text(b, column->heading ? column->heading : column->name);
		table_pad(b, start, column->width);
		before = column;
	}
	buffer_char(b, '\n');
}
