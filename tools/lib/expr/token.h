/* SPDX-License-Identifier: Apache-2.0 */
/* The words of what users write to trace and argdist: those of C, and $names. */
#ifndef TOOLS_LIB_EXPR_TOKEN_H
#define TOOLS_LIB_EXPR_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"

enum token_kind {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_VARIABLE,	  /* $pid */
	TOKEN_NUMBER,	  /* 42, 0x2a, 42ull */
	TOKEN_CHARACTER,  /* 'x' */
	TOKEN_TEXT,	  /* "…" */
	TOKEN_PUNCTUATOR, /* the longest that fits */
};

struct token {
	enum token_kind kind;
	const char *text; /* in what is read */
	size_t length;
};

/* Reads a text word by word: `now` is the next one that nobody has taken. */
struct token_reader {
	const char *text, *end;
	const char *at; /* behind `now` */
	struct token now;
	struct probe_error *error;
	bool failed; /* the error has been set, and only `now` of TOKEN_END comes */
};

/* Reads text from `from` to `end`; columns are counted from `text` on. */
void token_open(struct token_reader *r, const char *text, const char *from, const char *end,
	struct probe_error *error);

void token_next(struct token_reader *r);

/* Sets the error, unless there is one, to this place of the text. */
void token_fail(struct token_reader *r, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Fails because something else is expected than what comes now. */
void token_miss(struct token_reader *r, const char *expected);

bool token_is(const struct token *t, const char *text);

/* Goes on behind a word if it comes now. */
bool token_takes(struct token_reader *r, const char *text);

/* Fails unless the word comes now. */
void token_wants(struct token_reader *r, const char *text);

/* The value of a TOKEN_NUMBER. Returns false if it has more than 64 bits. */
bool token_value(const struct token *t, uint64_t *value);

/* From 1 on. */
unsigned token_column(const struct token_reader *r, const char *at);

#endif
