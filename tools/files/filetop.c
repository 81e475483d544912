/* SPDX-License-Identifier: Apache-2.0 */
#include "filetop.h"

#include "file_bytes_columns.h"

static void filetop_directory(const char *argument)
{
	uint64_t inode = 0, device = 0;
	int ret = file_bytes_folder(argument, &inode, &device);

	if (ret)
		tool_usage("%s: %s", argument, strerror(-ret));
	tool_set_number("only_inode", inode);
	tool_set_number("only_device", device);
}

static void filetop_kind(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, S_ISREG(e->value.mode) ? "R" : S_ISSOCK(e->value.mode) ? "S" : "O", 1);
}

static void filetop_all(const struct tool_row *row, struct value *value)
{
	const struct file_bytes *b = &((const struct event *)row->data)->value.bytes;

	value_unsigned(value, b->calls + b->read_bytes + b->written_bytes);
}

static void filetop_device(const struct tool_row *row, struct value *value)
{
	static char text[24];
	uint32_t device = ((const struct event *)row->data)->key.device;

	value_text(value, text, snprintf(text, sizeof(text), "%u:%u", device >> 20, device & 0xfffff));
}

static const struct tool_option options[] = {
	OPTION_FLAG('a', "all-files", "sockets, pipes, terminals and so on too, if they have a name",
		.variable = "all_files"),
	FILE_BYTES_OPTIONS,
	OPTION_CUSTOM(0, "directory", "PATH", filetop_directory, "only files that are in this directory"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN("TID", -7, key.tid, "thread"),
	COLUMN("PID", -7, value.pid, "process", .hidden = true, .in_json = true),
	COLUMN("COMM", -16, value.comm, "name of the thread"),
	COLUMN("READS", -6, value.bytes.reads, "how often it was read"),
	COLUMN("WRITES", -6, value.bytes.writes, "how often it was written"),
	COLUMN("R_Kb", -7, value.bytes.read_bytes, "what was read", .json = "read_bytes",
		.format = COLUMN_KB),
	COLUMN("W_Kb", -7, value.bytes.written_bytes, "what was written", .json = "written_bytes",
		.format = COLUMN_KB),
	COLUMN_BY("ALL", -7, VALUE_UNSIGNED, filetop_all, "bytes, reads and writes together", .hidden = true),
	COLUMN_BY("T", 1, VALUE_TEXT, filetop_kind, "R: regular file, S: socket, O: something else",
		.json = "type"),
	COLUMN_BY("DEV", -7, VALUE_TEXT, filetop_device, "device of the file system", .hidden = true,
		.in_json = true),
	COLUMN("INODE", -10, key.inode, "number of the file", .hidden = true, .in_json = true),
	COLUMN("FILE", 0, value.name, "name of the file, without its directories"),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_view view = {
	FILE_BYTES_VIEW,
	.table = "files",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, value.bytes),
};

const struct tool tool = {
	.name = "filetop",
	.purpose = "Shows which files are read and written most, and by whom.",
	.details =
		FILE_BYTES_DETAILS "\n\n--sort takes the columns, and all, reads, writes, rbytes and wbytes, "
				   "which begin with the greatest number.",
	.examples = {{"", "a screen, each second"}, {"-C 5 10", "ten outputs, each of five seconds"},
		{"-s wbytes --write-only --directory /var/log", "which logs are written most"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.view = &view,
};
