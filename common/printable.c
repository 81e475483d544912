/* SPDX-License-Identifier: Apache-2.0 */
#include "printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t bcc_utf8(const char *text, size_t size, unsigned *code_point)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *at = (const unsigned char *)text;
	unsigned code;
	size_t length;

	if (!size)
		return 0;
	if (at[0] < 0x80) {
		*code_point = at[0];
		return 1;
	}
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (size < length)
		return 0;
	code = at[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*code_point = code;
	return length;
}

/* Controls, C1 controls, separators of lines, and what reverses the direction of writing. */
static bool printable_is_harmful(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t bcc_printable_length(const char *text, size_t size)
{
	size_t at = 0;

	while (at < size) {
		size_t length;
		unsigned c;

		/* most of what there is */
		if (text[at] >= 0x20 && text[at] < 0x7f) {
			at++;
			continue;
		}
		length = bcc_utf8(text + at, size - at, &c);
		if (!length || printable_is_harmful(c))
			break;
		at += length;
	}
	return at;
}

size_t bcc_unprintable_length(const char *text, size_t size)
{
	unsigned c;
	size_t length = bcc_utf8(text, size, &c);

	return length ? length : size > 0;
}

struct bcc_escape bcc_escape(char byte)
{
	struct bcc_escape escape = {""};

	if (byte == '\n' || byte == '\t')
		snprintf(escape.text, sizeof(escape.text), "\\%c", byte == '\n' ? 'n' : 't');
	else
		snprintf(escape.text, sizeof(escape.text), "\\x%02x", (unsigned char)byte);
	return escape;
}

static bool printable_is_layout(char byte)
{
	return byte == '\n' || byte == '\t';
}

/* The same, or longer if `out` is not NULL; returns the length of the result. */
static size_t printable_write(const char *text, bool keeps_lines, char *out)
{
	size_t size = strlen(text), written = 0;

	while (size) {
		size_t plain = bcc_printable_length(text, size), harmful;

		while (keeps_lines && plain < size && printable_is_layout(text[plain]))
			plain += 1 + bcc_printable_length(text + plain + 1, size - plain - 1);
		if (out)
			memcpy(out + written, text, plain);
		written += plain;
		text += plain;
		size -= plain;
		harmful = bcc_unprintable_length(text, size);
		for (size_t i = 0; i < harmful; i++) {
			struct bcc_escape escape = bcc_escape(text[i]);

			if (out)
				memcpy(out + written, escape.text, strlen(escape.text));
			written += strlen(escape.text);
		}
		text += harmful;
		size -= harmful;
	}
	if (out)
		out[written] = '\0';
	return written;
}

char *bcc_printable(char *text, bool keeps_lines)
{
	size_t size;
	char *out;

	if (!text)
		return NULL;
	size = printable_write(text, keeps_lines, NULL);
	if (size == strlen(text))
		return text;
	out = malloc(size + 1);
	if (out) {
		printable_write(text, keeps_lines, out);
		free(text);
		return out;
	}
	for (char *at = text; *at; at++)
		if (*at < 0x20 && !(keeps_lines && printable_is_layout(*at)))
			*at = '?';
	return text;
}
