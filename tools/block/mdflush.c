/* SPDX-License-Identifier: Apache-2.0 */
#include "mdflush.h"

#include "disk.h"
#include "tool.h"

static void mdflush_device(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	disk_value(value, e->device);
}

static void mdflush_disk(const char *argument)
{
	disk_option("only_disk", argument);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM(0, "disk", "DISK", mdflush_disk, "only this device: md0, /dev/md/home, 9:0"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it was asked for"),
	COLUMN("PID", -7, task.pid, "process that asked for it"),
	COLUMN("COMM", -16, task.comm, "name of its thread"),
	COLUMN("UID", -6, task.uid, "its user", .hidden = true),
	COLUMN("BYTES", -7, bytes, "what is written after the flush, in the same request", .hidden = true,
		.in_json = true, .json = "bytes"),
	COLUMN_BY("DEVICE", 0, VALUE_TEXT, mdflush_device, "name of the md device"),
	{0},
};

static const struct tool_view view = {
	.title = "Tracing md flush requests... Hit Ctrl-C to end.",
	.columns = columns,
	.bytes = sizeof(struct event),
};

const struct tool tool = {
	.name = "mdflush",
	.purpose = "Shows who has md devices (software RAID) flush the caches of their disks.",
	.details = "File systems flush for fsync(2), and when they commit their journals.",
	.examples = {{"", "until Ctrl-C"}, {"--disk md0 -d 60", "of one device, for a minute"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
