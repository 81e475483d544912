/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "sort.h"

enum { SORT_COLUMNS = 16 };

struct sort {
	struct {
		const struct tool_column *column;
		bool greatest_first;
	} keys[SORT_COLUMNS];
	size_t count;
	struct buffer copy; /* a getter's text is valid only until the next one */
};

static const char *sort_add(
	struct sort *s, const struct tool_column *columns, const char *text, char *why, size_t why_size)
{
	bool greatest_first = *text == '-';
	const char *name = text + greatest_first;
	size_t length = strcspn(name, ",");
	const struct tool_column *column = column_find(columns, name, length);

	if (!column) {
		snprintf(why, why_size, "there is no column '%.*s'; see --help", (int)length, name);
		return NULL;
	}
	if (s->count == SORT_COLUMNS) {
		snprintf(why, why_size, "there are more than %d columns", SORT_COLUMNS);
		return NULL;
	}
	s->keys[s->count].column = column;
	s->keys[s->count++].greatest_first = greatest_first;
	return name + length;
}

struct sort *sort_new(const struct tool_column *columns, const char *text, char *why, size_t why_size)
{
	struct sort *s = calloc(1, sizeof(*s));

	if (!s)
		buffer_no_memory();
	for (;;) {
		text = sort_add(s, columns, text, why, why_size);
		if (!text)
			break;
		if (!*text)
			return s;
		text++;
	}
	sort_free(s);
	return NULL;
}

struct sort *sort_by(const struct tool_column *column, bool greatest_first)
{
	struct sort *s = calloc(1, sizeof(*s));

	if (!s)
		buffer_no_memory();
	s->keys[0].column = column;
	s->keys[0].greatest_first = greatest_first;
	s->count = 1;
	return s;
}

const struct tool_column *sort_first(const struct sort *s, bool *greatest_first)
{
	*greatest_first = s ? s->keys[0].greatest_first : true;
	return s ? s->keys[0].column : NULL;
}

void sort_free(struct sort *s)
{
	if (!s)
		return;
	buffer_free(&s->copy);
	free(s);
}

static int sort_compare_texts(const struct value *a, const struct value *b)
{
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = shorter ? memcmp(a->text, b->text, shorter) : 0;

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int sort_compare_values(const struct value *a, const struct value *b)
{
	switch (a->kind) {
	case VALUE_SIGNED:
	case VALUE_DURATION:
		return (a->signed_number > b->signed_number) - (a->signed_number < b->signed_number);
	case VALUE_REAL:
		return (a->real > b->real) - (a->real < b->real);
	case VALUE_TEXT:
	case VALUE_LIST:
		return sort_compare_texts(a, b);
	case VALUE_UNSIGNED:
	case VALUE_TIME:
	case VALUE_BOOL:
		return (a->number > b->number) - (a->number < b->number);
	case VALUE_NONE:
		break;
	}
	return 0;
}

static void sort_get(struct sort *s, const struct tool_column *column, const struct tool_row *row,
	struct value *value, bool keep)
{
	column_get(column, row, value);
	if (!keep || (value->kind != VALUE_TEXT && value->kind != VALUE_LIST))
		return;
	s->copy.size = 0;
	buffer_add(&s->copy, value->text, value->length);
	value->text = s->copy.data;
}

int sort_compare(struct sort *s, const struct tool_row *a, const struct tool_row *b)
{
	for (size_t i = 0; s && i < s->count; i++) {
		struct value x, y;
		int order;

		sort_get(s, s->keys[i].column, a, &x, true);
		sort_get(s, s->keys[i].column, b, &y, false);
		if (x.kind != y.kind)
			/* a column has one kind, or none */
			return x.kind == VALUE_NONE ? 1 : -1;
		order = sort_compare_values(&x, &y);
		if (order)
			return s->keys[i].greatest_first ? -order : order;
	}
	return 0;
}
