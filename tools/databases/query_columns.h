/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of dbslower and mysqld_qslower. */
#ifndef TOOLS_DATABASES_QUERY_COLUMNS_H
#define TOOLS_DATABASES_QUERY_COLUMNS_H

#include "query.h"
#include "tool.h"

static void query_text(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = VALUE_NONE;
	if (!e->length || e->length > sizeof(e->text))
		return;
	value_text(value, e->text, e->length - 1);
	value->more = e->length == sizeof(e->text);
}

static const struct tool_column columns[] = {
	COLUMN_TIME_OF("TIME(s)", -14, begin, "when it began, in seconds since the tool",
		.format = COLUMN_SINCE_START, .digits = 6),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN_DURATION("MS", 8, delay, "time until the answer", .json = "latency_ns", .format = COLUMN_MS,
		.digits = 3),
	COLUMN_BY("QUERY", 0, VALUE_TEXT, query_text, "the query; - if it could not be read"),
	COLUMN("COMM", -16, task.comm, "name of the thread", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true, .in_json = true),
	{0},
};

#endif
