/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in quotes, as C writes them. */
#ifndef TOOLS_LIB_EXPR_LITERAL_H
#define TOOLS_LIB_EXPR_LITERAL_H

#include <stdint.h>

#include "buffer.h"
#include "expr/token.h"

/* Takes a character of a text in quotes, or what \ and the following stand for. */
unsigned char literal_character(struct token_reader *r, const char **at, const char *end);

/* Adds the bytes that a text in quotes stands for. */
void literal_bytes(struct token_reader *r, const struct token *token, struct buffer *to);

/* Adds the bytes of a text in quotes that lists them, "{0x6c, 0, 0, 0}". */
void literal_list(struct token_reader *r, const struct token *token, struct buffer *to);

/* Adds bytes as a text of C. */
void literal_write(struct buffer *to, const char *bytes, size_t size);

#endif
