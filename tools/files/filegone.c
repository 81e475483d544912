/* SPDX-License-Identifier: Apache-2.0 */
#include "file_gone_paths.h"

static void filegone_file(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	b.size = 0;
	filegone_add_old(&b, e);
	if (e->action == RENAMED) {
		buffer_text(&b, " > ");
		filegone_add_new(&b, e);
	}
	value_text(value, b.data ? b.data : "", b.size);
}

static void filegone_old(const struct tool_row *row, struct value *value)
{
	static struct buffer b;

	b.size = 0;
	filegone_add_old(&b, row->data);
	value_text(value, b.data ? b.data : "", b.size);
}

static void filegone_new(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	if (e->action != RENAMED) {
		value->kind = VALUE_NONE;
		return;
	}
	b.size = 0;
	filegone_add_new(&b, e);
	value_text(value, b.data ? b.data : "", b.size);
}

static void filegone_action(const struct tool_row *row, struct value *value)
{
	value_text(value, ((const struct event *)row->data)->action == RENAMED ? "RENAME" : "DELETE", 6);
}

static const struct tool_option options[] = {
	OPTION_FLAG('F', "full-path", "prefix relative paths with the directory they start from",
		.variable = "full_path"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when the call returned"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN_BY("ACTION", 6, VALUE_TEXT, filegone_action, "DELETE or RENAME"),
	COLUMN_BY("FILE", 0, VALUE_TEXT, filegone_file, "path as the process gave it; \"old > new\"",
		.not_in_json = true),
	COLUMN_BY("PATH", 0, VALUE_TEXT, filegone_old, "the path that is gone", .hidden = true,
		.in_json = true),
	COLUMN_BY("NEWPATH", 0, VALUE_TEXT, filegone_new, "what it is called now, if it was renamed",
		.json = "new_path", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, text),
	.wanted = filegone_is_whole,
};

const struct tool tool = {
	.name = "filegone",
	.purpose = "Shows which files and directories are deleted or renamed, and by whom.",
	.details =
		"It sees system calls, and so not what the kernel does for others, such as clients of NFS.",
	.examples = {{"-F --filter 'path ~ ^/etc/'", "what happens to files of a directory"},
		{"-- make clean", "what a command deletes"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
