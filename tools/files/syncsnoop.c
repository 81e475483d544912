/* SPDX-License-Identifier: Apache-2.0 */
#include "syncsnoop.h"

#include <string.h>

#include "common/array.h"
#include "tool.h"

static const char *const calls[] = {[SYNC] = "sync",
	[FSYNC] = "fsync",
	[FDATASYNC] = "fdatasync",
	[MSYNC] = "msync",
	[SYNC_FILE_RANGE] = "sync_file_range",
	[SYNC_FILE_RANGE2] = "sync_file_range2",
	[SYNCFS] = "syncfs"};

static bool syncsnoop_wanted(const struct tool_row *row)
{
	return ((const struct event *)row->data)->call < ARRAY_SIZE(calls);
}

static void syncsnoop_call(const struct tool_row *row, struct value *value)
{
	const char *name = calls[((const struct event *)row->data)->call];

	value_text(value, name, strlen(name));
}

static void syncsnoop_fd(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->fd >= 0)
		value_signed(value, e->fd);
	else
		value->kind = VALUE_NONE;
}

static void syncsnoop_file(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (*e->file)
		value_text(value, e->file, strnlen(e->file, sizeof(e->file)));
	else
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN_TIME_OF("TIME(s)", -18, begin, "when it was called, in seconds since boot",
		.format = COLUMN_SINCE_BOOT, .digits = 9),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN_BY("CALL", -16, VALUE_TEXT, syncsnoop_call, "the system call"),
	COLUMN("PID", -7, task.pid, "process", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN_DURATION("LAT(ms)", 10, delay, "how long it took", .format = COLUMN_MS, .digits = 3,
		.hidden = true, .in_json = true),
	COLUMN("RET", 3, ret, "0, or the negative errno", .hidden = true, .in_json = true),
	COLUMN_BY(
		"FD", 4, VALUE_SIGNED, syncsnoop_fd, "the file descriptor", .hidden = true, .in_json = true),
	COLUMN_BY("FILE", 0, VALUE_TEXT, syncsnoop_file, "name of the file, without its directories",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_option options[] = {
	OPTION_FLAG('e', "extended", "columns with process, duration, result and file",
		.columns = "PID LAT(ms) RET FILE"),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = syncsnoop_wanted,
};

const struct tool tool = {
	.name = "syncsnoop",
	.purpose = "Shows who has data written to disk: sync(), fsync(), fdatasync(), msync(), syncfs().",
	.examples = {{"-e --filter 'lat > 10ms'", "calls that took long, with their files"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
