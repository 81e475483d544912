/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180, but for the line ends, which are those of this system. */
#include <string.h>

#include "writer.h"

void writer_csv_text(struct buffer *b, const char *text, size_t length)
{
	bool quoted = false;

	for (size_t i = 0; i < length && !quoted; i++)
		quoted = text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
	if (!quoted) {
		buffer_add(b, text, length);
		return;
	}
	buffer_char(b, '"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			buffer_char(b, '"');
		buffer_char(b, text[i]);
	}
	buffer_char(b, '"');
}

/* A list is one field, its texts separated by blanks. */
static void csv_list(struct writer *w, const struct value *value)
{
	struct buffer *joined = &w->scratch;

	joined->size = 0;
	buffer_add(joined, value->text, value->length);
	for (size_t i = 0; i < joined->size; i++)
		if (!joined->data[i])
			joined->data[i] = ' ';
	if (joined->size && value->text[value->length - 1] == '\0')
		joined->size--;
	writer_csv_text(&w->out, joined->data, joined->size);
}

void writer_csv_row(struct writer *w, const struct tool_row *row)
{
	for (size_t i = 0; i < w->choice.count; i++) {
		const struct tool_column *column = w->choice.columns[i];
		struct value value;

		if (i)
			buffer_char(&w->out, ',');
		column_get(column, row, &value);
		if (value.kind == VALUE_TEXT)
			writer_csv_text(&w->out, value.text, value.length);
		else if (value.kind == VALUE_LIST)
			csv_list(w, &value);
		else
			writer_number(w, column, &value);
	}
	buffer_char(&w->out, '\n');
}

void writer_csv_header(struct writer *w)
{
	for (size_t i = 0; i < w->choice.count; i++) {
		const struct tool_column *column = w->choice.columns[i];
		const char *name = column->heading ? column->heading : column->name;

		if (i)
			buffer_char(&w->out, ',');
		writer_csv_text(&w->out, name, strlen(name));
	}
	buffer_char(&w->out, '\n');
}
