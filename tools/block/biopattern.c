/* SPDX-License-Identifier: Apache-2.0 */
#include "biopattern.h"

#include <stddef.h>

#include "block_tool.h"

static void biopattern_disk(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	disk_value(value, e->key.device);
}

static uint64_t biopattern_percent(const struct entry *e)
{
	uint64_t sequential = e->counts.sequential, count = e->counts.count;

	/* one count may be read later than the other */
	return sequential < count ? sequential * 100 / count : 100;
}

static void biopattern_random(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, 100 - biopattern_percent(row->data));
}

static void biopattern_sequential(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, biopattern_percent(row->data));
}

static int biopattern_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct entry *x = a->data, *y = b->data;

	return (x->key.device > y->key.device) - (x->key.device < y->key.device);
}

static const struct tool_option options[] = {
	BLOCK_OPTION_DISK,
	OPTION_FLAG('T', "timestamp", "the time of day, which is shown anyway"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "time of this output"),
	COLUMN_BY("DISK", -7, VALUE_TEXT, biopattern_disk, "name of the disk"),
	COLUMN_BY("%RND", 5, VALUE_UNSIGNED, biopattern_random, "percentage that begins elsewhere",
		.json = "random_percent"),
	COLUMN_BY("%SEQ", 5, VALUE_UNSIGNED, biopattern_sequential,
		"percentage that begins where the one before on this disk ended",
		.json = "sequential_percent"),
	COLUMN_OF(struct entry, "COUNT", 8, counts.count, "requests"),
	COLUMN_OF(struct entry, "KBYTES", 10, counts.bytes, "their size", .format = COLUMN_KB),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct entry),
	.table = "disks",
	.compare = biopattern_compare,
	.counter_offset = offsetof(struct entry, counts),
	.counters = 3,
	.headings_once = true,
};

const struct tool tool = {
	.name = "biopattern",
	.purpose = "Shows how many requests to each disk are sequential, and how many random.",
	.details =
		"A request is sequential if it begins where the one before it, on the same disk and of those "
		"that the filters let through, ended. It counts when it is done.",
	.examples = {{"1 10", "every second, ten times"}, {"-d sda", "of one disk, until Ctrl-C"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.sources = block_sources,
	.view = &view,
	.tear_down = kernel_enum_close,
};
