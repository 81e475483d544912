/* SPDX-License-Identifier: Apache-2.0 */
#include "expr/tree.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"

enum { MOST_DEPTH = 100, MOST_NODES = 1000 };

struct tree_parser {
	struct token_reader *r;
	unsigned depth, nodes;
};

static struct tree *tree_conditional(struct tree_parser *p);
static struct tree *tree_unary(struct tree_parser *p);

static struct tree *tree_node(
	struct tree_parser *p, enum tree_kind kind, const struct token *token, struct tree *left)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		buffer_no_memory();
	t->kind = kind;
	t->token = *token;
	t->left = left;
	if (++p->nodes > MOST_NODES)
		token_fail(p->r, token->text, "the expression is too long");
	return t;
}

/* ---- types ---- */

static bool tree_is_among(const struct token *t, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (token_is(t, words[i]))
			return true;
	return false;
}

static bool tree_is_qualifier(const struct token *t)
{
	static const char *const words[] = {"const", "volatile", "__user", "__kernel", "__iomem", "__rcu",
		"__percpu", "restrict", "__restrict"};

	return tree_is_among(t, words, ARRAY_SIZE(words));
}

static bool tree_is_tag(const struct token *t)
{
	return token_is(t, "struct") || token_is(t, "union") || token_is(t, "enum");
}

/* Types that have no other name: several such words can follow each other. */
static bool tree_is_basic_type(const struct token *t)
{
	static const char *const words[] = {"void", "char", "short", "int", "long", "signed", "unsigned",
		"_Bool", "bool", "float", "double"};

	return tree_is_among(t, words, ARRAY_SIZE(words));
}

/* By custom, these are types and no values. */
static bool tree_looks_like_type(const struct token *t)
{
	static const char *const words[] = {"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "__u8",
		"__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "__be16", "__be32", "__be64",
		"__le16", "__le32", "__le64"};

	return tree_is_basic_type(t) || tree_is_among(t, words, ARRAY_SIZE(words)) ||
	       (t->kind == TOKEN_NAME && t->length > 2 && !strncmp(t->text + t->length - 2, "_t", 2));
}

/* What a type's name consists of, as far as it can be seen. */
struct tree_type {
	const char *from, *end;
	bool is_certain; /* it cannot be anything else */
};

static void tree_type_word(struct token_reader *r, struct tree_type *type)
{
	type->end = r->now.text + r->now.length;
	token_next(r);
}

static bool tree_type(struct token_reader *r, struct tree_type *type)
{
	bool named = false;

	*type = (struct tree_type){.from = r->now.text};
	while (r->now.kind == TOKEN_NAME) {
		if (tree_is_qualifier(&r->now)) {
			type->is_certain = true;
		} else if (tree_is_tag(&r->now) && !named) {
			tree_type_word(r, type);
			if (r->now.kind != TOKEN_NAME)
				return false;
			named = type->is_certain = true;
		} else if (tree_is_basic_type(&r->now)) {
			named = type->is_certain = true;
		} else if (!named) {
			named = true;
			type->is_certain |= tree_looks_like_type(&r->now);
		} else {
			break; /* the name of what has this type */
		}
		tree_type_word(r, type);
	}
	if (!named)
		return false;
	while (token_is(&r->now, "*") || tree_is_qualifier(&r->now))
		tree_type_word(r, type);
	return true;
}

bool tree_read_type(struct token_reader *r, const char **from, const char **end)
{
	struct token_reader ahead = *r;
	struct tree_type type;

	if (!tree_type(&ahead, &type))
		return false;
	*r = ahead;
	*from = type.from;
	*end = type.end;
	return true;
}

/* Whether this can only be the beginning of an operand. */
static bool tree_begins_operand(const struct token *t)
{
	return (t->kind != TOKEN_END && t->kind != TOKEN_TEXT && t->kind != TOKEN_PUNCTUATOR) ||
	       token_is(t, "(") || token_is(t, "!") || token_is(t, "~");
}

/* Takes "(type)" if that is what comes, for sizeof or before an operand. */
static bool tree_takes_type(struct tree_parser *p, bool is_cast, struct tree_type *type)
{
	struct probe_error ignored;
	struct token_reader ahead = *p->r;
	const char *behind;

	ahead.error = &ignored;
	if (!token_takes(&ahead, "(") || !tree_type(&ahead, type))
		return false;
	behind = ahead.at;
	/* "(x *)" is a type as well */
	type->is_certain |= type->end[-1] == '*';
	if (!token_takes(&ahead, ")") || (!type->is_certain && !(is_cast && tree_begins_operand(&ahead.now))))
		return false;
	p->r->at = behind;
	token_next(p->r);
	return true;
}

/* ---- operands ---- */

static void tree_arguments(struct tree_parser *p, struct tree *call)
{
	struct tree **last = &call->left;

	if (token_takes(p->r, ")"))
		return;
	do {
		*last = tree_conditional(p);
		if (!*last)
			return;
		last = &(*last)->next;
	} while (token_takes(p->r, ","));
	token_wants(p->r, ")");
}

static struct tree *tree_primary(struct tree_parser *p)
{
	static const enum tree_kind kinds[] = {[TOKEN_NAME] = TREE_NAME,
		[TOKEN_VARIABLE] = TREE_VARIABLE,
		[TOKEN_NUMBER] = TREE_NUMBER,
		[TOKEN_CHARACTER] = TREE_NUMBER,
		[TOKEN_TEXT] = TREE_TEXT};
	struct token token = p->r->now;
	struct tree *t;

	if (token_takes(p->r, "(")) {
		t = tree_conditional(p);
		token_wants(p->r, ")");
		return t;
	}
	if (token.kind == TOKEN_END || token.kind == TOKEN_PUNCTUATOR) {
		token_miss(p->r, "a value");
		return NULL;
	}
	token_next(p->r);
	t = tree_node(p, kinds[token.kind], &token, NULL);
	if ((t->kind == TREE_NAME || t->kind == TREE_VARIABLE) && token_takes(p->r, "(")) {
		t->kind = TREE_CALL;
		tree_arguments(p, t);
	}
	return t;
}

static struct tree *tree_member(struct tree_parser *p, struct tree *of, bool arrow)
{
	struct tree *t;

	if (p->r->now.kind != TOKEN_NAME) {
		token_miss(p->r, "a member's name");
		return of;
	}
	t = tree_node(p, TREE_MEMBER, &p->r->now, of);
	t->arrow = arrow;
	token_next(p->r);
	return t;
}

static struct tree *tree_postfix(struct tree_parser *p)
{
	struct tree *t = tree_primary(p);

	while (t && !p->r->failed) {
		struct token token = p->r->now;

		if (token_takes(p->r, "->")) {
			t = tree_member(p, t, true);
		} else if (token_takes(p->r, ".")) {
			t = tree_member(p, t, false);
		} else if (token_takes(p->r, "[")) {
			t = tree_node(p, TREE_INDEX, &token, t);
			t->right = tree_conditional(p);
			token_wants(p->r, "]");
		} else if (token_takes(p->r, "@")) {
			if (!token_takes(p->r, "user"))
				token_fail(p->r, token.text, "the only mark is @user");
			t->is_user = true;
		} else if (token_is(&token, "++") || token_is(&token, "--")) {
			token_fail(p->r, token.text, "nothing can be changed here");
		} else {
			break;
		}
	}
	return t;
}

static struct tree *tree_sizeof(struct tree_parser *p, const struct token *token)
{
	struct tree *t = tree_node(p, TREE_SIZEOF, token, NULL);
	struct tree_type type;

	if (tree_takes_type(p, false, &type)) {
		t->type = type.from;
		t->type_end = type.end;
	} else {
		t->left = tree_unary(p);
	}
	return t;
}

static struct tree *tree_unary(struct tree_parser *p)
{
	static const char *const operators[] = {"!", "~", "-", "+", "*", "&"};
	struct token token = p->r->now;
	struct tree_type type;
	struct tree *t;

	if (++p->depth > MOST_DEPTH)
		token_fail(p->r, token.text, "the expression is nested too deeply");
	if (p->r->failed) {
		t = NULL;
	} else if (token_is(&token, "++") || token_is(&token, "--")) {
		token_fail(p->r, token.text, "nothing can be changed here");
		t = NULL;
	} else if (tree_is_among(&token, operators, ARRAY_SIZE(operators))) {
		token_next(p->r);
		t = tree_node(p, TREE_UNARY, &token, tree_unary(p));
	} else if (token_takes(p->r, "sizeof")) {
		t = tree_sizeof(p, &token);
	} else if (tree_takes_type(p, true, &type)) {
		t = tree_node(p, TREE_CAST, &token, NULL);
		t->type = type.from;
		t->type_end = type.end;
		t->left = tree_unary(p);
	} else {
		t = tree_postfix(p);
	}
	p->depth--;
	return t;
}

/* ---- operators ---- */

/* 0: it is not an operator between two operands. */
static int tree_precedence(const struct token *t)
{
	static const struct {
		const char *operator;
		int precedence;
	} operators[] = {{"*", 10}, {"/", 10}, {"%", 10}, {"+", 9}, {"-", 9}, {"<<", 8}, {">>", 8}, {"<", 7},
		{">", 7}, {"<=", 7}, {">=", 7}, {"==", 6}, {"!=", 6}, {"&", 5}, {"^", 4}, {"|", 3}, {"&&", 2},
		{"||", 1}};

	if (t->kind != TOKEN_PUNCTUATOR)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (token_is(t, operators[i].operator))
			return operators[i].precedence;
	return 0;
}

static struct tree *tree_binary(struct tree_parser *p, int least)
{
	struct tree *t = tree_unary(p);

	while (!p->r->failed) {
		struct token token = p->r->now;
		int precedence = tree_precedence(&token);

		if (!precedence || precedence < least)
			break;
		token_next(p->r);
		t = tree_node(p, TREE_BINARY, &token, t);
		t->right = tree_binary(p, precedence + 1);
	}
	return t;
}

static bool tree_is_assignment(const struct token *t)
{
	static const char *const words[] = {
		"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="};

	return t->kind == TOKEN_PUNCTUATOR && tree_is_among(t, words, ARRAY_SIZE(words));
}

static struct tree *tree_conditional(struct tree_parser *p)
{
	struct tree *t;

	if (++p->depth > MOST_DEPTH)
		token_fail(p->r, p->r->now.text, "the expression is nested too deeply");
	t = p->r->failed ? NULL : tree_binary(p, 1);
	if (t && token_is(&p->r->now, "?")) {
		t = tree_node(p, TREE_CONDITIONAL, &p->r->now, t);
		token_next(p->r);
		t->right = tree_conditional(p);
		token_wants(p->r, ":");
		t->third = tree_conditional(p);
	} else if (tree_is_assignment(&p->r->now)) {
		token_fail(p->r, p->r->now.text, "nothing can be changed here; '==' compares");
	}
	p->depth--;
	return t;
}

struct tree *tree_read(struct token_reader *r)
{
	struct tree_parser p = {.r = r};
	struct tree *t = tree_conditional(&p);

	if (!r->failed)
		return t;
	tree_free(t);
	return NULL;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	tree_free(t->left);
	tree_free(t->right);
	tree_free(t->third);
	tree_free(t->next);
	free(t);
}

void tree_each(const struct tree *t, void (*visit)(void *ctx, const struct tree *t), void *ctx)
{
	if (!t)
		return;
	visit(ctx, t);
	tree_each(t->left, visit, ctx);
	tree_each(t->right, visit, ctx);
	tree_each(t->third, visit, ctx);
	tree_each(t->next, visit, ctx);
}
