/* SPDX-License-Identifier: Apache-2.0 */
#include "biosnoop.h"

#include "block_tool.h"

static void biosnoop_disk(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	disk_value(value, e->request.device);
}

static void biosnoop_letter(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, block_letter(e->request.flags), 1);
}

static void biosnoop_flags(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	block_value_flags(value, e->request.flags);
}

static void biosnoop_sector(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_unsigned(value, e->request.sector);
	if (e->request.sector == BLOCK_NO_SECTOR)
		value->kind = VALUE_NONE;
}

static void biosnoop_pattern(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->request.sequential ? "S" : "R", 1);
}

static void biosnoop_duration(struct value *value, uint64_t from, uint64_t to)
{
	value->kind = VALUE_DURATION;
	value->signed_number = to - from;
}

/* Not known of what no device got: a flush that another one does too. */
static void biosnoop_queued(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	biosnoop_duration(value, e->request.task.time, e->request.issued);
	if (!e->request.issued)
		value->kind = VALUE_NONE;
}

static void biosnoop_delay(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	biosnoop_duration(value, e->request.task.time, e->time);
}

static const struct tool_option options[] = {
	OPTION_FLAG('Q', "queue", "column with the time until the device got it", .columns = "QUE(ms)"),
	BLOCK_OPTION_DISK,
	OPTION_FLAG('P', "pattern",
		"column with S if it begins where the one before on this disk ended, or R", .columns = "P"),
	OPTION_DURATION('m', "min", "MS", 1000000,
		"only those that took at least this long, in milliseconds or with a unit: 0.1, 20us",
		.variable = "least_delay"),
	OPTION_FLAG('F', "flags", "column with the operation and its flags", .columns = "FLAGS"),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -11, "when it was done", .format = COLUMN_SECONDS, .digits = 6),
	COLUMN("COMM", -14, request.task.comm, "name of the thread that submitted it", .cut = 14),
	COLUMN("PID", -7, request.task.pid, "its process"),
	COLUMN("TID", -7, request.task.tid, "the thread", .hidden = true),
	COLUMN("UID", -6, request.task.uid, "its user", .hidden = true),
	COLUMN_BY("DISK", -9, VALUE_TEXT, biosnoop_disk, "name of the disk"),
	COLUMN_BY("T", -1, VALUE_TEXT, biosnoop_letter, "R: read, W: write, D: discard, F: flush"),
	COLUMN_BY("SECTOR", -10, VALUE_UNSIGNED, biosnoop_sector, "first sector, of 512 bytes, on the disk"),
	COLUMN("BYTES", -7, request.bytes, "size", .json = "bytes"),
	COLUMN_BY("P", -1, VALUE_TEXT, biosnoop_pattern, "S: sequential, R: not", .hidden = true,
		.in_json = true),
	COLUMN_BY("FLAGS", -16, VALUE_TEXT, biosnoop_flags, "operation and flags, such as Sync-Write",
		.hidden = true, .in_json = true),
	COLUMN_BY("QUE(ms)", 7, VALUE_DURATION, biosnoop_queued,
		"time from submission until the device got it", .format = COLUMN_MS, .digits = 2,
		.hidden = true, .in_json = true),
	COLUMN_BY("LAT(ms)", 7, VALUE_DURATION, biosnoop_delay, "time from submission until it was done",
		.format = COLUMN_MS, .digits = 2),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "biosnoop",
	.purpose = "Shows the requests to block devices, who submitted them, and how long they took.",
	.details =
		"A row is a request as the device gets it: what the kernel has merged is one, what it has split "
		"is several. Times begin when it is submitted, and LAT includes QUE.\n"
		"\n"
		"A write is submitted by whoever writes the page cache back, which is mostly a thread of the "
		"kernel and not the process that wrote the file. Devices without requests of their own, such as "
		"those of device mapper and md, are seen only through the disks below them.",
	.examples = {{"-Q", "with the time in the queue"}, {"-d sda -m 20", "what took 20 ms on a disk"},
		{"-- sync", "what a command submits"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = block_sources,
	.view = &view,
	.tear_down = kernel_enum_close,
};
