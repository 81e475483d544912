/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buffer.h"
#include "column.h"

static uint64_t column_load(const char *at, size_t bytes, bool is_signed)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (bytes) {
	case 1:
		return is_signed ? (uint64_t)*(const signed char *)at : *(const unsigned char *)at;
	case 2:
		memcpy(&u16, at, 2);
		return is_signed ? (uint64_t)(int16_t)u16 : u16;
	case 4:
		memcpy(&u32, at, 4);
		return is_signed ? (uint64_t)(int32_t)u32 : u32;
	default:
		memcpy(&u64, at, 8);
		return u64;
	}
}

void column_get(const struct tool_column *column, const struct tool_row *row, struct value *value)
{
	const char *at = (const char *)row->data + column->offset;

	value->kind = column->kind;
	value->more = false;
	if (column->get)
		column->get(row, value);
	else if (column->get_of)
		column->get_of(column->of, row, value);
	else if (column->kind == VALUE_TEXT)
		value_text(value, at, strnlen(at, column->bytes));
	else
		value->number = column_load(
			at, column->bytes, column->kind == VALUE_SIGNED || column->kind == VALUE_DURATION);
}

/* ---- names ---- */

static size_t column_bare_length(const char *name, size_t length)
{
	const char *unit = memchr(name, '(', length);

	return unit && unit > name ? (size_t)(unit - name) : length;
}

void column_json(const struct tool_column *column, char *name, size_t size)
{
	size_t length = column_bare_length(column->name, strlen(column->name)), n = 0;
	const char *from = column->json ? column->json : column->name, *unit = "";

	if (column->json)
		length = strlen(column->json);
	else if (column->kind == VALUE_DURATION)
		unit = "_ns";
	else if (column->format == COLUMN_KB)
		unit = "_bytes";
	for (size_t i = 0; i < length && n + 8 < size; i++)
		name[n++] = isalnum((unsigned char)from[i]) ? tolower((unsigned char)from[i]) : '_';
	strcpy(name + n, unit);
}

static bool column_is_called(const struct tool_column *column, const char *name, size_t length)
{
	size_t whole = strlen(column->name), bare = column_bare_length(column->name, whole);

	return (length == whole || length == bare) && !strncasecmp(column->name, name, length);
}

const struct tool_column *column_find(const struct tool_column *columns, const char *name, size_t length)
{
	const struct tool_column *found = NULL;

	/* "TIME(s)" before "TIME", whichever comes first */
	for (; columns->name; columns++) {
		if (!column_is_called(columns, name, length))
			continue;
		if (strlen(columns->name) == length)
			return columns;
		if (!found)
			found = columns;
	}
	return found;
}

/* ---- the choice ---- */

static size_t column_count(const struct tool_column *columns)
{
	size_t n = 0;

	while (columns[n].name)
		n++;
	return n;
}

static const char *column_choose_named(
	struct column_choice *choice, const struct tool_column *columns, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, ",");
		const struct tool_column *column = column_find(columns, names, length);

		if (!column)
			return names;
		choice->columns[choice->count++] = column;
		names += length + (names[length] == ',');
	}
	return choice->count ? NULL : names;
}

/* Marks what `changes` shows or hides. What other views have is none of this one's business. */
static void column_change(bool *shown, const struct tool_column *columns, const char *changes)
{
	while (*(changes += strspn(changes, " "))) {
		bool show = *changes != '-';
		const char *name = changes + !show;
		size_t length = strcspn(name, " ");
		const struct tool_column *column = column_find(columns, name, length);

		if (column)
			shown[column - columns] = show;
		changes = name + length;
	}
}

const char *column_choose(struct column_choice *choice, const struct tool_column *columns,
	const char *changes, const char *names)
{
	size_t count = column_count(columns), room = count;
	const char *wrong = NULL;
	bool *shown;

	for (const char *at = names ? names : ""; *at; at++)
		room += *at == ',';
	choice->count = 0;
	choice->columns = calloc(room + 1, sizeof(*choice->columns));
	shown = calloc(count + 1, sizeof(*shown));
	if (!choice->columns || !shown)
		buffer_no_memory();
	for (size_t i = 0; i < count; i++)
		shown[i] = !columns[i].hidden;
	column_change(shown, columns, changes ? changes : "");
	if (names)
		wrong = column_choose_named(choice, columns, names);
	for (size_t i = 0; i < count && !names; i++)
		if (shown[i])
			choice->columns[choice->count++] = &columns[i];
	free(shown);
	return wrong;
}

void column_choice_free(struct column_choice *choice)
{
	free(choice->columns);
	*choice = (struct column_choice){0};
}
