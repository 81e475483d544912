/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <string.h>

#include "common/printable.h"

void text_add_printable(struct buffer *b, const char *text, size_t size)
{
	while (size) {
		size_t plain = bcc_printable_length(text, size);
		size_t harmful = bcc_unprintable_length(text + plain, size - plain);

		buffer_add(b, text, plain);
		for (size_t i = 0; i < harmful; i++) {
			struct bcc_escape escape = bcc_escape(text[plain + i]);

			buffer_add(b, escape.text, strlen(escape.text));
		}
		text += plain + harmful;
		size -= plain + harmful;
	}
}

bool text_add_utf8(struct buffer *b, const char *text, size_t size)
{
	bool wrong = false;

	while (size) {
		unsigned c;
		size_t length = bcc_utf8(text, size, &c);

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
