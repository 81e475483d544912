/* SPDX-License-Identifier: Apache-2.0 */
#include "biolatency.h"

#include "block_tool.h"

static bool milliseconds, by_disk, by_flags, with_sum;

static void biolatency_disk(const struct tool_row *row, struct value *value)
{
	const struct section *s = row->data;

	disk_value(value, s->device);
}

static void biolatency_flags(const struct tool_row *row, struct value *value)
{
	const struct section *s = row->data;

	block_value_flags(value, s->flags);
}

static const struct tool_column disk = COLUMN_BY("disk", 0, VALUE_TEXT, biolatency_disk, "disk"),
				flags = COLUMN_BY("flags", 0, VALUE_TEXT, biolatency_flags,
					"operation and flags, such as Sync-Write");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing block device I/O... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "usecs",
	.sum_unit = 1000,
};

static void biolatency_set_up(void)
{
	view.section = by_disk ? &disk : by_flags ? &flags : NULL;
	if (by_disk && by_flags)
		view.section_name = &flags;
	if (with_sum)
		view.sum = "hist_sum";
	if (milliseconds) {
		view.sum_unit = 1000000;
		tool_set_number("unit", view.sum_unit);
		view.unit = "msecs";
	}
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG(
		'Q', "queued", "from submission, with the time in the queue", .variable = "from_submission"),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG('D', "disks", "a histogram for each disk", .value = &by_disk, .variable = "by_disk"),
	OPTION_FLAG('F', "flags",
		"a histogram for each set of flags, such as Sync-Write; with -D, of each disk",
		.value = &by_flags, .variable = "by_flags"),
	OPTION_FLAG(
		'e', "extension", "average, total and count too", .value = &with_sum, .variable = "with_sum"),
	BLOCK_OPTION_DISK,
	OPTION_LETTER('j', "json"),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

const struct tool tool = {
	.name = "biolatency",
	.purpose = "Shows how long requests to block devices take, as histograms.",
	.details =
		"The time is that of the device: it begins when the device gets the request. What the kernel has "
		"merged is one request, what it has split is several. The filters are about who submitted it, "
		"which is mostly a thread of the kernel if the page cache is written back.",
	.examples = {{"-D 1 10", "a histogram for each disk, every second, ten times"},
		{"-Q --percentiles 50,99", "with the time in the queue, and percentiles"},
		{"-d sda --heatmap", "of one disk, a line of shades each second"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.sources = block_sources,
	.view = &view,
	.set_up = biolatency_set_up,
	.tear_down = kernel_enum_close,
};
