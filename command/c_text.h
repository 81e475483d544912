/* SPDX-License-Identifier: Apache-2.0 */
/* The outline of a C text: where its comments, literals and blocks are. */
#ifndef COMMAND_C_TEXT_H
#define COMMAND_C_TEXT_H

#include <stddef.h>

enum c_token_kind {
	C_END,
	C_SPACE,
	C_COMMENT,
	C_DIRECTIVE, /* of the preprocessor, to the end of its line */
	C_LITERAL,   /* a string or character */
	C_WORD,	     /* a name or a number */
	C_OTHER,     /* a single character */
};

struct c_token {
	enum c_token_kind kind;
	const char *text;
	size_t length;
};

/* The token that `text` begins with. `line_start`: only blanks are before it on its line. What is not closed
 * goes on until the end of the text. */
struct c_token c_token_at(const char *text, int line_start);

/* The end of a block whose '{' is at `text`: the '}'; NULL: it is not closed. */
const char *c_block_end(const char *text);

#endif
