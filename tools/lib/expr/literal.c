/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/literal.h"

#include <ctype.h>
#include <string.h>

static unsigned literal_digits(const char **at, const char *end, unsigned base, unsigned most)
{
	unsigned value = 0;

	for (; most && *at < end && isxdigit((unsigned char)**at); most--, ++*at) {
		unsigned char c = tolower((unsigned char)**at);
		unsigned digit = isdigit(c) ? c - '0' : c - 'a' + 10;

		if (digit >= base)
			break;
		value = value * base + digit;
	}
	return value;
}

unsigned char literal_character(struct token_reader *r, const char **at, const char *end)
{
	static const char letters[] = "abefnrtv\\\"'?", bytes[] = "\a\b\033\f\n\r\t\v\\\"'?";
	const char *begin = *at, *letter;
	unsigned value;

	if (**at != '\\' || *at + 1 == end)
		return *(*at)++;
	++*at;
	if (**at >= '0' && **at <= '7') {
		value = literal_digits(at, end, 8, 3);
	} else if (**at == 'x' && *at + 1 < end && isxdigit((unsigned char)(*at)[1])) {
		++*at;
		value = literal_digits(at, end, 16, 2);
	} else {
		letter = **at ? strchr(letters, **at) : NULL;
		if (!letter)
			token_fail(r, begin, "C has no \\%c", **at);
		value = letter ? (unsigned char)bytes[letter - letters] : 0;
		++*at;
	}
	if (value > 255)
		token_fail(r, begin, "a byte is at most \\377");
	return value;
}

void literal_bytes(struct token_reader *r, const struct token *token, struct buffer *to)
{
	const char *at = token->text + 1, *end = token->text + token->length - 1;

	while (at < end)
		buffer_char(to, (char)literal_character(r, &at, end));
}

void literal_list(struct token_reader *r, const struct token *token, struct buffer *to)
{
	struct token_reader list;

	token_open(&list, r->text, token->text + 1, token->text + token->length - 1, r->error);
	token_wants(&list, "{");
	do {
		struct token number = list.now;
		uint64_t value = 0;

		if (number.kind != TOKEN_NUMBER) {
			token_miss(&list, "a byte's value");
			break;
		}
		if (!token_value(&number, &value) || value > 255)
			token_fail(&list, number.text, "a byte is at most 255");
		buffer_char(to, (char)value);
		token_next(&list);
	} while (token_takes(&list, ",") && !token_is(&list.now, "}"));
	token_wants(&list, "}");
	if (list.now.kind != TOKEN_END)
		token_miss(&list, "the end of the text");
	r->failed |= list.failed;
}

void literal_write(struct buffer *to, const char *bytes, size_t size)
{
	buffer_char(to, '"');
	for (size_t i = 0; i < size; i++) {
		unsigned char c = bytes[i];

		/* three digits: what follows is not taken for another one */
		if (c < ' ' || c > '~' || strchr("\"\\?", c))
			buffer_printf(to, "\\%03o", c);
		else
			buffer_char(to, bytes[i]);
	}
	buffer_char(to, '"');
}
