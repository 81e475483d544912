/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

size_t text_utf8(const char *text, size_t size, unsigned *code_point)
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
static bool text_is_harmful(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void text_add_printable(struct buffer *b, const char *text, size_t size)
{
	while (size) {
		unsigned c = 0;
		size_t length = text_utf8(text, size, &c), plain = 0;

		if (length && !text_is_harmful(c)) {
			/* most of what there is */
			while (plain < size && text[plain] >= 0x20 && text[plain] < 0x7f)
				plain++;
			if (plain)
				length = plain;
			buffer_add(b, text, length);
		} else if (length == 1 && c == '\n') {
			buffer_add(b, "\\n", 2);
		} else if (length == 1 && c == '\t') {
			buffer_add(b, "\\t", 2);
		} else {
			if (!length)
				length = 1;
			for (size_t i = 0; i < length; i++)
				buffer_printf(b, "\\x%02x", (unsigned char)text[i]);
		}
		text += length;
		size -= length;
	}
}

bool text_add_utf8(struct buffer *b, const char *text, size_t size)
{
	bool wrong = false;

	while (size) {
		unsigned c;
		size_t length = text_utf8(text, size, &c);

		if (length) {
			buffer_add(b, text, length);
		} else {
			buffer_add(b, "\xef\xbf\xbd", 3);
			wrong = true;
			length = 1;
		}
		text += length;
		size -= length;
	}
	return wrong;
}
