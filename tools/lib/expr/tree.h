/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An expression of C as a tree: all operators but those that change something, casts, sizeof, members,
 * elements, calls; and "x@user", which says that x points into the process's memory.
 */
#ifndef TOOLS_LIB_EXPR_TREE_H
#define TOOLS_LIB_EXPR_TREE_H

#include "expr/token.h"

enum tree_kind {
	TREE_NUMBER, /* or character */
	TREE_TEXT,
	TREE_NAME,
	TREE_VARIABLE,
	TREE_MEMBER, /* of left */
	TREE_INDEX,  /* left[right] */
	TREE_CALL,   /* of a name or variable; left is the first argument, its `next` the second */
	TREE_UNARY,
	TREE_BINARY,
	TREE_CONDITIONAL, /* left ? right : third */
	TREE_CAST,
	TREE_SIZEOF, /* of left, or of the type */
};

struct tree {
	enum tree_kind kind;
	struct token token;	     /* the literal, name or operator; of a cast "(" */
	bool arrow;		     /* of members: ->, not . */
	bool is_user;		     /* marked so */
	const char *type, *type_end; /* of TREE_CAST; of TREE_SIZEOF, or NULL */
	struct tree *left, *right, *third, *next;
};

/* Returns NULL if the reader failed. The tree refers to the reader's text. */
struct tree *tree_read(struct token_reader *r);

/* Takes a type's name, such as "struct file *"; false: that is not one, and the reader is where it was. */
bool tree_read_type(struct token_reader *r, const char **from, const char **end);

void tree_free(struct tree *t);

/* Calls `visit` for a tree and all that it consists of. */
void tree_each(const struct tree *t, void (*visit)(void *ctx, const struct tree *t), void *ctx);

#endif
