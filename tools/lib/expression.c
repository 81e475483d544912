/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buffer.h"
#include "common/array.h"
#include "expression.h"
#include "unit.h"

enum { MAX_DEPTH = 64 };

enum operator{ AND, OR, NOT, EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, MATCH, MISMATCH };

struct expression {
	enum operator operator;
	struct expression *left, *right; /* of AND and OR; NOT has only the left one */
	/* of comparisons */
	const struct tool_column *column;
	char *text; /* owned; what the column is compared with */
	int64_t number;
	double real;
	regex_t regex;
	bool has_regex;
};

/* ---- reading ---- */

struct reader {
	const struct tool_column *columns;
	const char *at;
	char *why;
	size_t why_size;
	int depth;
	bool failed;
};

static struct expression *expression_read_condition(struct reader *r);

static void expression_fail(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void expression_fail(struct reader *r, const char *format, ...)
{
	va_list args;

	if (r->failed)
		return;
	r->failed = true;
	va_start(args, format);
	vsnprintf(r->why, r->why_size, format, args);
	va_end(args);
}

static void expression_miss(struct reader *r, const char *what)
{
	if (*r->at)
		expression_fail(r, "%s is missing before '%s'", what, r->at);
	else
		expression_fail(r, "%s is missing at the end", what);
}

static void expression_skip_blanks(struct reader *r)
{
	while (isspace((unsigned char)*r->at))
		r->at++;
}

static bool expression_takes(struct reader *r, const char *token)
{
	size_t length = strlen(token);

	expression_skip_blanks(r);
	if (strncmp(r->at, token, length))
		return false;
	r->at += length;
	return true;
}

static struct expression *expression_node(
	enum operator operator, struct expression * left, struct expression *right)
{
	struct expression *e = calloc(1, sizeof(*e));

	if (!e)
		buffer_no_memory();
	e->operator= operator;
	e->left = left;
	e->right = right;
	return e;
}

/* "LAT(ms)" is a name, "LAT (" is a name and something wrong. */
static size_t expression_name_length(const char *at)
{
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || (at[length] && strchr("_-%#/.", at[length])))
		length++;
	if (length && at[length] == '(') {
		size_t end = strcspn(at + length, ") ");

		if (at[length + end] == ')')
			length += end + 1;
	}
	return length;
}

static const struct tool_column *expression_read_column(struct reader *r)
{
	const struct tool_column *column;
	size_t length;

	expression_skip_blanks(r);
	length = expression_name_length(r->at);
	column = length ? column_find(r->columns, r->at, length) : NULL;
	if (!length && !*r->at)
		expression_fail(r, "it ends where a column's name is expected");
	else if (!length)
		expression_fail(r, "a column's name is missing before '%s'", r->at);
	else if (!column)
		expression_fail(r, "there is no column '%.*s'; see --help", (int)length, r->at);
	else if (column->kind == VALUE_TIME)
		expression_fail(r, "the column '%s' is a time, which cannot be compared", column->name);
	r->at += length;
	return column;
}

static enum operator expression_read_operator(struct reader *r)
{
	static const struct {
		const char *token;
		enum operator operator;
	} operators[] = {/* longer ones first */
		{"==", EQUAL}, {"!=", UNEQUAL}, {"!~", MISMATCH}, {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL},
		{"=", EQUAL}, {"<", LESS}, {">", GREATER}, {"~", MATCH}};

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (expression_takes(r, operators[i].token))
			return operators[i].operator;
	expression_miss(r, "one of == != < <= > >= ~ !~");
	return EQUAL;
}

static char *expression_read_quoted(struct reader *r, char quote)
{
	struct buffer text = {0};

	for (r->at++; *r->at && *r->at != quote; r->at++) {
		if (*r->at == '\\' && (r->at[1] == quote || r->at[1] == '\\'))
			r->at++;
		buffer_char(&text, *r->at);
	}
	if (!*r->at)
		expression_fail(r, "the closing %c is missing", quote);
	else
		r->at++;
	buffer_char(&text, '\0');
	return text.data;
}

/* A word ends at a blank, at && and ||, and at a parenthesis that it has not opened. */
static char *expression_read_word(struct reader *r)
{
	const char *begin = r->at;
	int depth = 0;
	char *word;

	for (; *r->at && !isspace((unsigned char)*r->at); r->at++) {
		if (!strncmp(r->at, "&&", 2) || (!strncmp(r->at, "||", 2) && !depth))
			break;
		depth += *r->at == '(';
		if (*r->at == ')' && depth-- == 0)
			break;
	}
	if (r->at == begin)
		expression_miss(r, "a value");
	word = strndup(begin, r->at - begin);
	if (!word)
		buffer_no_memory();
	return word;
}

static bool expression_number(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	/* the larger half of unsigned numbers is compared as such */
	*number = *text == '-' ? strtoll(text, &end, 0) : (int64_t)strtoull(text, &end, 0);
	return !errno && end > text && !*end && !isspace((unsigned char)*text);
}

static bool expression_bool(const char *text, int64_t *number)
{
	static const char *const no[] = {"no", "false", "0"}, *const yes[] = {"yes", "true", "1"};

	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		if (!strcasecmp(text, no[i]) || !strcasecmp(text, yes[i])) {
			*number = !strcasecmp(text, yes[i]);
			return true;
		}
	return false;
}

static uint64_t expression_unit(const struct tool_column *column)
{
	switch (column->format) {
	case COLUMN_SECONDS:
		return 1000000000;
	case COLUMN_MS:
		return 1000000;
	case COLUMN_US:
		return 1000;
	default:
		return 1;
	}
}

static bool expression_duration(const struct tool_column *column, const char *text, int64_t *number)
{
	bool negative = *text == '-';
	uint64_t ns;

	if (!unit_duration(text + negative, expression_unit(column), &ns))
		return false;
	*number = negative ? -(int64_t)ns : (int64_t)ns;
	return true;
}

static bool expression_real(const char *text, double *real)
{
	char *end;

	*real = strtod(text, &end);
	return end > text && !*end;
}

static void expression_set_regex(struct reader *r, struct expression *e)
{
	char why[128];
	int ret;

	if (e->column->kind != VALUE_TEXT && e->column->kind != VALUE_LIST) {
		expression_fail(r, "the column '%s' is not a text: ~ does not apply", e->column->name);
		return;
	}
	ret = regcomp(&e->regex, e->text, REG_EXTENDED | REG_NOSUB);
	if (ret) {
		regerror(ret, &e->regex, why, sizeof(why));
		expression_fail(r, "'%s' is not a regular expression: %s", e->text, why);
		return;
	}
	e->has_regex = true;
}

static void expression_set_value(struct reader *r, struct expression *e)
{
	bool fits = true;

	switch (e->column->kind) {
	case VALUE_UNSIGNED:
	case VALUE_SIGNED:
		fits = expression_number(e->text, &e->number);
		break;
	case VALUE_BOOL:
		fits = expression_bool(e->text, &e->number);
		break;
	case VALUE_DURATION:
		fits = expression_duration(e->column, e->text, &e->number);
		break;
	case VALUE_REAL:
		fits = expression_real(e->text, &e->real);
		break;
	case VALUE_TEXT:
	case VALUE_LIST:
	case VALUE_TIME:
	case VALUE_NONE:
		break;
	}
	if (!fits)
		expression_fail(r, "'%s' is not a value of the column '%s'", e->text, e->column->name);
}

static struct expression *expression_read_comparison(struct reader *r)
{
	struct expression *e = expression_node(EQUAL, NULL, NULL);

	e->column = expression_read_column(r);
	if (r->failed)
		return e;
	e->operator= expression_read_operator(r);
	if (r->failed)
		return e;
	expression_skip_blanks(r);
	e->text =
		*r->at == '"' || *r->at == '\'' ? expression_read_quoted(r, *r->at) : expression_read_word(r);
	if (r->failed)
		return e;
	if (e->operator== MATCH || e->operator== MISMATCH)
		expression_set_regex(r, e);
	else
		expression_set_value(r, e);
	return e;
}

static struct expression *expression_read_factor(struct reader *r)
{
	struct expression *e;

	if (++r->depth > MAX_DEPTH)
		expression_fail(r, "it is nested too deeply");
	if (r->failed)
		return NULL;
	if (expression_takes(r, "!")) {
		e = expression_node(NOT, expression_read_factor(r), NULL);
	} else if (expression_takes(r, "(")) {
		e = expression_read_condition(r);
		if (!r->failed && !expression_takes(r, ")"))
			expression_fail(r, "a ')' is missing");
	} else {
		e = expression_read_comparison(r);
	}
	r->depth--;
	return e;
}

static struct expression *expression_read_term(struct reader *r)
{
	struct expression *e = expression_read_factor(r);

	while (!r->failed && expression_takes(r, "&&"))
		e = expression_node(AND, e, expression_read_factor(r));
	return e;
}

static struct expression *expression_read_condition(struct reader *r)
{
	struct expression *e = expression_read_term(r);

	while (!r->failed && expression_takes(r, "||"))
		e = expression_node(OR, e, expression_read_term(r));
	return e;
}

struct expression *expression_new(
	const struct tool_column *columns, const char *text, char *why, size_t why_size)
{
	struct reader r = {.columns = columns, .at = text, .why = why, .why_size = why_size};
	struct expression *e = expression_read_condition(&r);

	expression_skip_blanks(&r);
	if (!r.failed && *r.at)
		expression_fail(&r, "'%s' is left over; && or || joins conditions", r.at);
	if (!r.failed)
		return e;
	expression_free(e);
	return NULL;
}

void expression_free(struct expression *e)
{
	if (!e)
		return;
	expression_free(e->left);
	expression_free(e->right);
	if (e->has_regex)
		regfree(&e->regex);
	free(e->text);
	free(e);
}

/* ---- comparing ---- */

static bool expression_holds(enum operator operator, int order)
{
	switch (operator) {
	case EQUAL:
		return order == 0;
	case UNEQUAL:
		return order != 0;
	case LESS:
		return order < 0;
	case LESS_EQUAL:
		return order <= 0;
	case GREATER:
		return order > 0;
	case GREATER_EQUAL:
		return order >= 0;
	default:
		return false;
	}
}

/* The value as one text with a NUL; the texts of a list are separated by blanks. */
static const char *expression_text(const struct value *v)
{
	static struct buffer text;

	text.size = 0;
	buffer_add(&text, v->text, v->length);
	if (v->kind == VALUE_LIST) {
		while (text.size && !text.data[text.size - 1])
			text.size--;
		for (size_t i = 0; i < text.size; i++)
			if (!text.data[i])
				text.data[i] = ' ';
	}
	buffer_char(&text, '\0');
	return text.data;
}

static int expression_order(const struct expression *e, const struct value *v)
{
	uint64_t number = e->number;

	switch (v->kind) {
	case VALUE_UNSIGNED:
	case VALUE_BOOL:
		/* "-1" is below all of them */
		if (*e->text == '-')
			return 1;
		return (v->number > number) - (v->number < number);
	case VALUE_SIGNED:
	case VALUE_DURATION:
		return (v->signed_number > e->number) - (v->signed_number < e->number);
	case VALUE_REAL:
		return (v->real > e->real) - (v->real < e->real);
	default:
		return strcmp(expression_text(v), e->text);
	}
}

static bool expression_compare(const struct expression *e, const struct tool_row *row)
{
	struct value value;

	column_get(e->column, row, &value);
	if (value.kind == VALUE_NONE)
		return e->operator== UNEQUAL || e->operator== MISMATCH;
	if (e->has_regex)
		return (regexec(&e->regex, expression_text(&value), 0, NULL, 0) == 0) ==
		       (e->operator== MATCH);
	return expression_holds(e->operator, expression_order(e, &value));
}

bool expression_matches(const struct expression *e, const struct tool_row *row)
{
	switch (e->operator) {
	case AND:
		return expression_matches(e->left, row) && expression_matches(e->right, row);
	case OR:
		return expression_matches(e->left, row) || expression_matches(e->right, row);
	case NOT:
		return !expression_matches(e->left, row);
	default:
		return expression_compare(e, row);
	}
}
