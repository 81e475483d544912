/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/array.h"
#include "writer.h"

int writer_format_find(const char *name)
{
	static const char *const names[] = {
		[WRITER_TABLE] = "table", [WRITER_JSON] = "json", [WRITER_CSV] = "csv"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

const char *writer_init(struct writer *w, enum writer_format format, const struct tool_column *columns,
	const char *changes, const char *names)
{
	const char *wrong;

	*w = (struct writer){.format = format, .time_format = -1};
	wrong = column_choose(&w->choice, columns, changes, names);
	if (!wrong && format == WRITER_JSON)
		writer_json_init(w, columns, names);
	return wrong;
}

void writer_free(struct writer *w)
{
	writer_json_free(w);
	column_choice_free(&w->choice);
	buffer_free(&w->out);
	buffer_free(&w->scratch);
}

void writer_header(struct writer *w)
{
	if (w->format == WRITER_TABLE)
		writer_table_header(w);
	else if (w->format == WRITER_CSV)
		writer_csv_header(w);
}

void writer_row(struct writer *w, const struct tool_row *row)
{
	switch (w->format) {
	case WRITER_TABLE:
		writer_table_row(w, row);
		break;
	case WRITER_JSON:
		writer_json_row(w, row);
		break;
	case WRITER_CSV:
		writer_csv_row(w, row);
		break;
	}
}

int64_t writer_since(struct writer *w, const struct tool_column *column, uint64_t time)
{
	if (!w->first)
		w->first = time;
	if (column->format != COLUMN_SINCE_START)
		return time - w->first;
	/* what began before the tool attached, ends as it does */
	return time > w->start ? time - w->start : 0;
}

static void writer_time(struct writer *w, const struct tool_column *column, uint64_t time)
{
	enum clock_format usual = w->format == WRITER_CSV ? CLOCK_RFC3339 : CLOCK_LOCAL;

	switch (column->format) {
	case COLUMN_SINCE_BOOT:
		buffer_fraction(&w->out, time, 9, column->digits);
		break;
	case COLUMN_SECONDS:
	case COLUMN_SINCE_START:
		buffer_fraction(&w->out, writer_since(w, column, time), 9, column->digits);
		break;
	case COLUMN_MS:
		buffer_fraction(&w->out, writer_since(w, column, time), 6, column->digits);
		break;
	case COLUMN_US:
		buffer_fraction(&w->out, writer_since(w, column, time), 3, column->digits);
		break;
	default:
		clock_add(&w->out, time, w->time_format < 0 ? usual : (enum clock_format)w->time_format);
	}
}

static void writer_duration(struct writer *w, const struct tool_column *column, int64_t ns)
{
	switch (column->format) {
	case COLUMN_SECONDS:
		buffer_fraction(&w->out, ns, 9, column->digits);
		break;
	case COLUMN_MS:
		buffer_fraction(&w->out, ns, 6, column->digits);
		break;
	case COLUMN_US:
		buffer_fraction(&w->out, ns, 3, column->digits);
		break;
	default:
		buffer_signed(&w->out, ns);
	}
}

static void writer_unsigned(struct writer *w, const struct tool_column *column, uint64_t number)
{
	switch (column->format) {
	case COLUMN_OCTAL:
		buffer_printf(&w->out, "%0*llo", column->digits, (unsigned long long)number);
		break;
	case COLUMN_HEX:
		buffer_printf(&w->out, "%0*llx", column->digits, (unsigned long long)number);
		break;
	case COLUMN_KB:
		buffer_unsigned(&w->out, number / 1024);
		break;
	default:
		buffer_unsigned(&w->out, number);
	}
}

static void writer_signed(struct writer *w, const struct tool_column *column, int64_t number)
{
	unsigned bits = column->bytes && column->bytes < 8 ? 8 * column->bytes : 64;

	/* bases other than ten show what is in memory */
	if (column->format == COLUMN_OCTAL || column->format == COLUMN_HEX)
		writer_unsigned(w, column, number & (~0ULL >> (64 - bits)));
	else
		buffer_signed(&w->out, number);
}

void writer_number(struct writer *w, const struct tool_column *column, const struct value *value)
{
	switch (value->kind) {
	case VALUE_UNSIGNED:
		writer_unsigned(w, column, value->number);
		break;
	case VALUE_SIGNED:
		writer_signed(w, column, value->signed_number);
		break;
	case VALUE_BOOL:
		buffer_text(&w->out, value->number ? "yes" : "no");
		break;
	case VALUE_REAL:
		buffer_printf(&w->out, "%.*f", column->digits, value->real);
		break;
	case VALUE_TIME:
		writer_time(w, column, value->number);
		break;
	case VALUE_DURATION:
		writer_duration(w, column, value->signed_number);
		break;
	case VALUE_NONE:
	case VALUE_TEXT:
	case VALUE_LIST:
		break;
	}
}
