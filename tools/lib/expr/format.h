/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printf()'s formats of integers and texts; BCC's %K and %U: names of functions of the kernel and of the
 * process; and %S: a struct.
 */
#ifndef TOOLS_LIB_EXPR_FORMAT_H
#define TOOLS_LIB_EXPR_FORMAT_H

#include "buffer.h"
#include "expr/token.h"

enum format_kind {
	FORMAT_TEXT,
	FORMAT_SIGNED,
	FORMAT_UNSIGNED,
	FORMAT_CHARACTER,
	FORMAT_POINTER,
	FORMAT_KERNEL_SYMBOL,
	FORMAT_USER_SYMBOL,
	FORMAT_STRUCT, /* all members, as C */
};

struct format_conversion {
	enum format_kind kind;
	const char *at;	    /* the % in the text that was read */
	unsigned bytes;	    /* of the integer: 1, 2, 4, 8 */
	char printf_as[32]; /* for printf(): an integer of 64 bits, or a text with its length */
	char *before;	    /* what stands before it; owned */
	size_t before_size;
};

struct format {
	struct format_conversion *conversions;
	size_t count;
	char *after; /* the last one */
	size_t after_size;
};

/* Reads a token of TOKEN_TEXT. Fails through the reader. */
void format_read(struct token_reader *r, const struct token *token, struct format *f);

void format_free(struct format *f);

/* Prints a number, or a text. Symbols and structs are the caller's: their texts come here. */
void format_add_number(struct buffer *to, const struct format_conversion *c, uint64_t value);
void format_add_text(struct buffer *to, const struct format_conversion *c, const char *text, size_t size);

#endif
