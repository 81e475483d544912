/* SPDX-License-Identifier: Apache-2.0 */
#include "tool.h"

/* The entry of the table. */
struct event {
	uint32_t key;
	uint64_t count;
} __attribute__((packed));

static void pidpersec_rate(const struct tool_row *row, struct value *value)
{
	double seconds = tool_output_seconds();

	value_unsigned(value, seconds > 0 ? ((const struct event *)row->data)->count / seconds + 0.5 : 0);
}

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", 0, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.after = ": PIDs/sec: "),
	COLUMN_BY("PIDs/sec", 0, VALUE_UNSIGNED, pidpersec_rate, "new processes in a second", .json = "rate"),
	COLUMN("COUNT", 0, count, "new processes since the output before", .json = "processes",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing... Ctrl-C to end.",
	.columns = columns,
	.no_headings = true,
	.headings_once = true,
	.bytes = sizeof(struct event),
	.table = "processes",
	.counter_offset = offsetof(struct event, count),
	.counters = 1,
	.keep_unchanged = true,
};

const struct tool tool = {
	.name = "pidpersec",
	.purpose = "Shows how many processes are made in a second.",
	.details = "New threads are not counted.",
	.examples = {{"", "every second"}, {"10", "every ten seconds"}, {"-u www-data", "those of a user"}},
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.view = &view,
};
