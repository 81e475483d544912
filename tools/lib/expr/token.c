/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/token.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/array.h"

unsigned token_column(const struct token_reader *r, const char *at)
{
	return at - r->text + 1;
}

void token_fail(struct token_reader *r, const char *at, const char *format, ...)
{
	va_list args;

	if (r->failed)
		return;
	r->failed = true;
	r->now = (struct token){.text = r->end};
	r->at = r->end;
	r->error->column = token_column(r, at);
	va_start(args, format);
	vsnprintf(r->error->why, sizeof(r->error->why), format, args);
	va_end(args);
}

void token_miss(struct token_reader *r, const char *expected)
{
	if (r->now.kind == TOKEN_END)
		token_fail(r, r->now.text, "it ends where %s is expected", expected);
	else
		token_fail(r, r->now.text, "%s is expected here, not '%.*s'", expected,
			(int)(r->now.length > 40 ? 40 : r->now.length), r->now.text);
}

static bool token_is_in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t token_word(const struct token_reader *r, const char *from)
{
	const char *at = from;

	while (at < r->end && token_is_in_name(*at))
		at++;
	return at - from;
}

/* With the quotes. */
static size_t token_quoted(struct token_reader *r, const char *from)
{
	const char *at = from + 1;

	while (at < r->end && *at != *from)
		at += *at == '\\' && at + 1 < r->end ? 2 : 1;
	if (at >= r->end) {
		token_fail(r, from, "the closing %c is missing", *from);
		return 0;
	}
	return at + 1 - from;
}

static bool token_is_digit(char c, int base)
{
	return base == 16 ? isxdigit((unsigned char)c) : c >= '0' && c < '0' + base;
}

/* Sets where the digits begin. */
static int token_base(const char *from, size_t length, size_t *prefix)
{
	*prefix = 0;
	if (*from != '0' || length == 1)
		return 10;
	if (!strchr("xXbB", from[1]))
		return 8;
	*prefix = 2;
	return strchr("xX", from[1]) ? 16 : 2;
}

static unsigned token_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

bool token_value(const struct token *t, uint64_t *value)
{
	size_t at;
	int base = token_base(t->text, t->length, &at);
	bool fits = true;

	*value = 0;
	for (; at < t->length && token_is_digit(t->text[at], base); at++) {
		fits &= !__builtin_mul_overflow(*value, (unsigned)base, value);
		fits &= !__builtin_add_overflow(*value, token_digit(t->text[at]), value);
	}
	return fits;
}

static size_t token_number(struct token_reader *r, const char *from)
{
	static const char *const suffixes[] = {
		"", "u", "l", "ul", "lu", "ll", "ull", "llu"}; /* in any case */
	size_t length = token_word(r, from), digits = 0, prefix, i = 0;
	int base = token_base(from, length, &prefix);
	struct token token = {.text = from, .length = length};
	uint64_t value;

	while (prefix + digits < length && token_is_digit(from[prefix + digits], base))
		digits++;
	while (i < ARRAY_SIZE(suffixes) &&
		(strlen(suffixes[i]) != length - prefix - digits ||
			strncasecmp(suffixes[i], from + prefix + digits, length - prefix - digits) != 0))
		i++;
	if (from + length < r->end && from[length] == '.')
		token_fail(r, from, "numbers have no fractions here");
	else if (!digits || i == ARRAY_SIZE(suffixes))
		token_fail(r, from, "'%.*s' is not a number", (int)(length > 40 ? 40 : length), from);
	else if (!token_value(&token, &value))
		token_fail(r, from, "a number has at most 64 bits");
	return length;
}

static size_t token_punctuator(struct token_reader *r, const char *from)
{
	static const char *const punctuators[] = {/* longer ones first */
		"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
		"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};

	for (size_t i = 0; i < ARRAY_SIZE(punctuators); i++) {
		size_t length = strlen(punctuators[i]);

		if ((size_t)(r->end - from) >= length && !strncmp(from, punctuators[i], length))
			return length;
	}
	if (!strchr("()[]{}<>=!+-*/%&|^~?:,.;@#", *from))
		token_fail(r, from,
			*from == '$' ? "a name is expected behind the $"
				     : "this character has no meaning here");
	return 1;
}

void token_next(struct token_reader *r)
{
	const char *from = r->at;
	struct token *t = &r->now;

	while (from < r->end && isspace((unsigned char)*from))
		from++;
	t->text = from;
	if (from == r->end) {
		t->kind = TOKEN_END;
		t->length = 0;
	} else if (isdigit((unsigned char)*from)) {
		t->kind = TOKEN_NUMBER;
		t->length = token_number(r, from);
	} else if (token_is_in_name(*from)) {
		t->kind = TOKEN_NAME;
		t->length = token_word(r, from);
	} else if (*from == '$' && token_word(r, from + 1)) {
		t->kind = TOKEN_VARIABLE;
		t->length = 1 + token_word(r, from + 1);
	} else if (*from == '"' || *from == '\'') {
		t->kind = *from == '"' ? TOKEN_TEXT : TOKEN_CHARACTER;
		t->length = token_quoted(r, from);
	} else {
		t->kind = TOKEN_PUNCTUATOR;
		t->length = token_punctuator(r, from);
	}
	if (r->failed)
		*t = (struct token){.text = r->end};
	else
		r->at = from + t->length;
}

void token_open(struct token_reader *r, const char *text, const char *from, const char *end,
	struct probe_error *error)
{
	*r = (struct token_reader){.text = text, .at = from, .end = end, .error = error};
	token_next(r);
}

bool token_is(const struct token *t, const char *text)
{
	return t->kind != TOKEN_END && t->kind != TOKEN_TEXT && strlen(text) == t->length &&
	       !strncmp(t->text, text, t->length);
}

bool token_takes(struct token_reader *r, const char *text)
{
	if (!token_is(&r->now, text))
		return false;
	token_next(r);
	return true;
}

void token_wants(struct token_reader *r, const char *text)
{
	char quoted[16];

	snprintf(quoted, sizeof(quoted), "'%s'", text);
	if (!token_takes(r, text))
		token_miss(r, quoted);
}
