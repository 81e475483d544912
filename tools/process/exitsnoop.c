/* SPDX-License-Identifier: Apache-2.0 */
#include "exitsnoop.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "signals.h"
#include "tool.h"

enum { SIGNAL_BITS = 0x7f, CORE_DUMPED = 0x80 };

static const char *label = "";
static bool utc;

static void exitsnoop_label(const struct tool_row *row, struct value *value)
{
	value_text(value, label, strlen(label));
}

static void exitsnoop_code(const struct tool_row *row, struct value *value)
{
	uint32_t code = ((const struct event *)row->data)->code;

	if (code & SIGNAL_BITS)
		value->kind = VALUE_NONE;
	else
		value_unsigned(value, code >> 8);
}

static void exitsnoop_signal(const struct tool_row *row, struct value *value)
{
	uint32_t code = ((const struct event *)row->data)->code;

	if (code & SIGNAL_BITS)
		value_unsigned(value, code & SIGNAL_BITS);
	else
		value->kind = VALUE_NONE;
}

static void exitsnoop_core(const struct tool_row *row, struct value *value)
{
	value->number = (((const struct event *)row->data)->code & CORE_DUMPED) != 0;
}

static void exitsnoop_end(const struct tool_row *row, struct value *value)
{
	uint32_t code = ((const struct event *)row->data)->code;
	static char text[64];

	if (code & SIGNAL_BITS)
		snprintf(text, sizeof(text), "signal %u (%s)%s", code & SIGNAL_BITS,
			signal_name(code & SIGNAL_BITS), code & CORE_DUMPED ? ", core dumped" : "");
	else
		snprintf(text, sizeof(text), code ? "code %u" : "0", code >> 8);
	value_text(value, text, strlen(text));
}

static struct tool_column columns[] = {
	COLUMN_TIME("TIME", -13, "when it ended", .tight = true, .hidden = true),
	COLUMN_BY("LABEL", -6, VALUE_TEXT, exitsnoop_label, "the label that was given", .tight = true,
		.hidden = true),
	COLUMN("PCOMM", -16, task.comm, "name of the process, or of the thread", .json = "comm"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("PPID", -7, task.ppid, "its parent"),
	COLUMN("TID", -7, task.tid, "thread; that of the process if its end is shown"),
	COLUMN_DURATION("AGE(s)", -7, age, "how long it lived", .format = COLUMN_SECONDS, .digits = 2),
	COLUMN_BY("EXIT_CODE", 0, VALUE_TEXT, exitsnoop_end, "0, the exit code, or the signal that ended it",
		.json = "end"),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN_BY("CODE", -4, VALUE_UNSIGNED, exitsnoop_code,
		"exit code; not known of one that a signal ended", .json = "exit_code", .hidden = true,
		.in_json = true),
	COLUMN_BY("SIGNAL", -6, VALUE_UNSIGNED, exitsnoop_signal, "number of the signal that ended it",
		.hidden = true, .in_json = true),
	COLUMN_BY("CORE", -4, VALUE_BOOL, exitsnoop_core, "whether there is a core dump",
		.json = "core_dumped", .hidden = true, .in_json = true),
	{0},
};

/* The heading has the time zone. */
static void exitsnoop_set_up(void)
{
	static char heading[32] = "TIME-UTC";
	time_t now = time(NULL);
	struct tm tm;

	tool_time_format(utc ? "utc-ms" : "local-ms");
	localtime_r(&now, &tm);
	if (!utc)
		snprintf(heading, sizeof(heading), "TIME-%s", tm.tm_zone);
	columns[0].heading = heading;
}

static const struct tool_option options[] = {
	OPTION_FLAG('t', "timestamp", "column with the time of day", .columns = "TIME"),
	OPTION_FLAG(0, "utc", "the time of day in UTC instead of local time", .value = &utc),
	OPTION_TEXT(0, "label", "LABEL", "column with this text", .value = &label, .columns = "LABEL"),
	OPTION_FLAG('x', "failed", "only those that failed: not those with the exit code 0",
		.variable = "only_failed"),
	OPTION_FLAG(0, "per-thread", "the end of each thread", .variable = "per_thread"),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "exitsnoop",
	.purpose = "Shows which processes end, how old they became, and why they ended.",
	.examples = {{"-x", "processes that failed or that a signal ended"},
		{"-t --label run-17 -- make test", "the processes of a command, each row with a label"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = exitsnoop_set_up,
};
