/* SPDX-License-Identifier: Apache-2.0 */
#include "biotop.h"

#include <stddef.h>

#include "block_tool.h"

static void biotop_disk(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	disk_value(value, e->user.device);
}

static void biotop_letter(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value_text(value, block_letter(e->user.operation), 1);
}

static void biotop_major(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value_unsigned(value, e->user.device >> DISK_MINOR_BITS);
}

static void biotop_minor(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value_unsigned(value, e->user.device & (DISK_NUMBER(1, 0) - 1));
}

static void biotop_average(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value->kind = VALUE_NONE;
	if (!e->used.count)
		return;
	value->kind = VALUE_DURATION;
	value->signed_number = e->used.time / e->used.count;
}

static const struct tool_option options[] = {
	OPTION_LETTER('s', "sort"),
	BLOCK_OPTION_DISK,
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_OF(struct entry, "PID", -7, user.pid, "process that submitted it"),
	COLUMN_OF(struct entry, "COMM", -16, user.comm, "name of its thread"),
	COLUMN_BY("D", 1, VALUE_TEXT, biotop_letter, "R: read, W: write, D: discard, F: flush"),
	COLUMN_BY("MAJ", -3, VALUE_UNSIGNED, biotop_major, "major number of the disk"),
	COLUMN_BY("MIN", -3, VALUE_UNSIGNED, biotop_minor, "minor number"),
	COLUMN_BY("DISK", -8, VALUE_TEXT, biotop_disk, "name of the disk"),
	COLUMN_OF(struct entry, "I/O", 5, used.count, "requests", .json = "io"),
	COLUMN_OF(struct entry, "Kbytes", 7, used.bytes, "their size", .format = COLUMN_KB, .json = "bytes"),
	COLUMN_BY("AVGms", 6, VALUE_DURATION, biotop_average,
		"average time from submission until it was done", .format = COLUMN_MS, .digits = 2,
		.json = "avg_ns"),
	COLUMN_OF(struct entry, "TOTALms", 8, used.time, "sum of these times", .format = COLUMN_MS,
		.digits = 2, .json = "total_ns", .hidden = true, .in_json = true),
	{0},
};

static const struct tool_sort_name sort_names[] = {
	{"io", "-I/O,-Kbytes"},
	{"bytes", "-Kbytes,-I/O"},
	{"time", "-TOTALms,-Kbytes"},
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.screen = &tool_screen,
	.above = tool_load_average,
	.columns = columns,
	.bytes = sizeof(struct entry),
	.table = "users",
	.sort = "-Kbytes,-I/O",
	.sort_names = sort_names,
	.most_rows = 20,
	.counter_offset = offsetof(struct entry, used),
	.counters = 3,
};

const struct tool tool = {
	.name = "biotop",
	.purpose = "Shows which processes have the most I/O on block devices, on a screen.",
	.details =
		"A request counts when it is done, for the process that submitted it: of writes, that is mostly "
		"a thread of the kernel that writes the page cache back. What the kernel has merged is one "
		"request, what it has split is several.",
	.examples = {{"5", "every five seconds"},
		{"-C -s time 1 3", "three times, below one another, by time"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = block_sources,
	.view = &view,
	.tear_down = kernel_enum_close,
};
