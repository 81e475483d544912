/* SPDX-License-Identifier: Apache-2.0 */
#include "json_text.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

void json_bytes(struct buffer *b, const char *text, size_t size)
{
	struct buffer utf8 = {0};

	text_add_utf8(&utf8, text, size);
	buffer_char(b, '"');
	for (size_t i = 0; i < utf8.size; i++) {
		unsigned char c = utf8.data[i];

		if (c == '"' || c == '\\')
			buffer_char(b, '\\');
		if (c < ' ')
			buffer_printf(b, "\\u%04x", c);
		else
			buffer_char(b, (char)c);
	}
	buffer_char(b, '"');
	buffer_free(&utf8);
}

void json_text(struct buffer *b, const char *text)
{
	if (text)
		json_bytes(b, text, strlen(text));
	else
		buffer_text(b, "null");
}

void json_name(struct buffer *b, const char *name)
{
	if (b->size && b->data[b->size - 1] != '{' && b->data[b->size - 1] != '[')
		buffer_char(b, ',');
	json_text(b, name);
	buffer_char(b, ':');
}

void json_member_text(struct buffer *b, const char *name, const char *text)
{
	json_name(b, name);
	json_text(b, text);
}

void json_member_unsigned(struct buffer *b, const char *name, uint64_t value)
{
	json_name(b, name);
	buffer_unsigned(b, value);
}

void json_member_bool(struct buffer *b, const char *name, bool value)
{
	json_name(b, name);
	buffer_text(b, value ? "true" : "false");
}

bool json_flush(struct buffer *b)
{
	bool written = fwrite(b->data ? b->data : "", 1, b->size, stdout) == b->size;

	b->size = 0;
	return written;
}
