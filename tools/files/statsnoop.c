/* SPDX-License-Identifier: Apache-2.0 */
#include "statsnoop.h"

#include <string.h>

#include "common/array.h"
#include "tool.h"

static const char *const calls[] = {
	[STAT] = "stat", [LSTAT] = "lstat", [FSTATAT] = "newfstatat", [STATX] = "statx", [STATFS] = "statfs"};

static bool statsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	return e->size && row->size - offsetof(struct event, path) >= e->size && e->call < ARRAY_SIZE(calls);
}

static void statsnoop_fd(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_signed(value, e->ret >= 0 ? e->ret : -1);
}

static void statsnoop_error(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_signed(value, e->ret >= 0 ? 0 : -e->ret);
}

static void statsnoop_call(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, calls[e->call], strlen(calls[e->call]));
}

static void statsnoop_path(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->path, e->size - 1);
}

static const struct tool_option options[] = {
	OPTION_FLAG('t', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_FLAG('s', "sysname", "column with the name of the system call", .columns = "SYSCALL"),
	OPTION_FLAG('x', "failed", "only calls that failed", .variable = "only_failed"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when the call returned", .format = COLUMN_SECONDS, .digits = 9,
		.tight = true, .hidden = true),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN_BY("FD", 4, VALUE_SIGNED, statsnoop_fd, "what the call returned; -1 if it failed"),
	COLUMN_BY("ERR", 3, VALUE_SIGNED, statsnoop_error, "errno; 0 if it worked"),
	COLUMN_BY("SYSCALL", -12, VALUE_TEXT, statsnoop_call, "the system call", .hidden = true),
	COLUMN_BY("PATH", 0, VALUE_TEXT, statsnoop_path, "path as the process gave it"),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, path),
	.wanted = statsnoop_wanted,
};

const struct tool tool = {
	.name = "statsnoop",
	.purpose = "Shows which files processes ask about: stat(), lstat(), fstatat(), statx(), statfs().",
	.examples = {{"-x", "files that processes look for and do not find"},
		{"-s -- ls -l", "the calls of a command, by name"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
