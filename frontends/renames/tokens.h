/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of a text in C, as far as finding members and arguments in it takes. */
#ifndef FRONTENDS_RENAMES_TOKENS_H
#define FRONTENDS_RENAMES_TOKENS_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct token {
	const char *start;
	size_t length;
};

static inline bool renames_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static inline bool renames_is(struct token t, const char *text)
{
	return strlen(text) == t.length && !memcmp(t.start, text, t.length);
}

/* The next one in [at, end); its length is 0 at the end. */
static inline struct token renames_token(const char *at, const char *end)
{
	struct token t;

	while (at < end && isspace((unsigned char)*at))
		at++;
	t = (struct token){at, at < end};
	if (at < end && renames_is_word(*at))
		while (at + t.length < end && renames_is_word(at[t.length]))
			t.length++;
	else if (end - at >= 2 && !memcmp(at, "->", 2))
		t.length = 2;
	return t;
}

/* The one that ends before `at`. */
static inline struct token renames_token_before(const char *start, const char *at)
{
	struct token t;

	while (at > start && isspace((unsigned char)at[-1]))
		at--;
	t = (struct token){at, 0};
	if (at == start)
		return t;
	if (renames_is_word(at[-1]))
		while (t.start > start && renames_is_word(t.start[-1]))
			t.start--;
	else
		t.start -= at - start >= 2 && !memcmp(at - 2, "->", 2) ? 2 : 1;
	t.length = (size_t)(at - t.start);
	return t;
}

static inline bool renames_same(struct token a, struct token b)
{
	return a.length == b.length && !memcmp(a.start, b.start, a.length);
}

#endif
