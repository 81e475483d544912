/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The description that hardirqs and softirqs share. Before it is included:
 *
 *   IRQS_NAME, IRQS_KIND      "hardirqs", "hard irq"
 *   IRQS_COLUMN, IRQS_SECTION "HARDIRQ", "hardirq"
 *   IRQS_WIDTH                of that column
 *   IRQS_COUNT_OPTION         "count"
 *   IRQS_OPTIONS              further options, each followed by a comma
 *   IRQS_DETAILS              for the manual
 *   irqs_name()               what interrupts are called
 */
#include <errno.h>
#include <string.h>

#include "irqs.h"
#include "tool.h"

static bool counting, nanoseconds, with_hist, by_cpu, show_time;
static uint64_t only_cpu;

static void irqs_cpu(const char *argument)
{
	only_cpu = argument_cpu(argument);
	tool_set_number("only_cpu", only_cpu);
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &show_time),
	OPTION_FLAG('N', "nanoseconds", "in nanoseconds instead of microseconds", .value = &nanoseconds),
	OPTION_FLAG('C', IRQS_COUNT_OPTION, "how many there were instead of how long they took",
		.value = &counting, .variable = "counting"),
	OPTION_FLAG('d', "dist", "histograms", .value = &with_hist, .variable = "with_hist"),
	OPTION_CUSTOM('c', "cpu", "CPU", irqs_cpu, "only on this CPU"),
	OPTION_FLAG(0, "per-cpu", "each CPU for itself", .value = &by_cpu, .variable = "by_cpu",
		.columns = "CPU"),
	IRQS_OPTIONS{0},
};

/* ---- rows ---- */

static struct tool_column columns[] = {
	COLUMN_BY(IRQS_COLUMN, IRQS_WIDTH, VALUE_TEXT, irqs_name, "what interrupted"),
	COLUMN_OF(struct irqs_entry, "NUMBER", 6, key.number, "its number", .hidden = true),
	COLUMN_OF(struct irqs_entry, "CPU", 4, key.cpu, "where", .hidden = true),
	{.name = "TOTAL",
		.heading = "TOTAL_usecs",
		.json = "total_ns",
		.help = "how long its handlers ran",
		.width = 11,
		.kind = VALUE_DURATION,
		.format = COLUMN_US,
		.bytes = sizeof(uint64_t),
		.offset = offsetof(struct irqs_entry, value.time)},
	COLUMN_OF(struct irqs_entry, "COUNT", 11, value.count, "how often it came", .heading = "TOTAL_count",
		.json = "count", .hidden = true, .in_json = true),
	{.name = "MAX",
		.heading = "MAX_usecs",
		.json = "max_ns",
		.help = "the longest time since the tool began",
		.width = 9,
		.kind = VALUE_DURATION,
		.format = COLUMN_US,
		.bytes = sizeof(uint64_t),
		.offset = offsetof(struct irqs_entry, value.longest),
		.hidden = true,
		.in_json = true},
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};
enum { NUMBER = 1, CPU, TOTAL, COUNT, MAX };

/* The least first. */
static int irqs_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct irqs_value *x = &((const struct irqs_entry *)a->data)->value,
				*y = &((const struct irqs_entry *)b->data)->value;

	if (counting)
		return (x->count > y->count) - (x->count < y->count);
	return (x->time > y->time) - (x->time < y->time);
}

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = "Tracing " IRQS_KIND " event time... Hit Ctrl-C to end.",
	.table = "irqs",
	.columns = columns,
	.bytes = sizeof(struct irqs_entry),
	.compare = irqs_compare,
	.counter_offset = offsetof(struct irqs_entry, value),
	.counters = 2,
};

/* ---- histograms ---- */

static const struct tool_column section =
	COLUMN_BY(IRQS_SECTION, 0, VALUE_TEXT, irqs_name, "what interrupted");
static const struct tool_column section_cpu = COLUMN_OF(struct irqs_entry, "cpu", 0, key.cpu, "where");

static struct tool_view hist_view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing " IRQS_KIND " event time... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "usecs",
	.section = &section,
};

/* ---- the tool ---- */

static void irqs_set_up(void)
{
	if (counting && (with_hist || nanoseconds))
		tool_usage("-C cannot be combined with options for time");
	view.show_time = hist_view.show_time = show_time;
	if (counting) {
		view.title = "Tracing " IRQS_KIND "s... Hit Ctrl-C to end.";
		columns[TOTAL].hidden = true;
		columns[MAX].in_json = false;
		columns[COUNT].hidden = false;
	}
	if (nanoseconds) {
		columns[TOTAL].format = columns[MAX].format = COLUMN_PLAIN;
		columns[TOTAL].heading = "TOTAL_nsecs";
		columns[MAX].heading = "MAX_nsecs";
		hist_view.unit = "nsecs";
		tool_set_number("unit", 1);
	}
	if (by_cpu)
		hist_view.section_name = &section_cpu;
	if (with_hist)
		tool_show(&hist_view);
}

static bool irqs_needs(const char *program)
{
	return !counting || !strstr(program, "_exit");
}

static const struct tool_view *const views[] = {&hist_view, NULL};

const struct tool tool = {
	.name = IRQS_NAME,
	.purpose = "Shows how much time " IRQS_KIND "s take.",
	.details = IRQS_DETAILS,
	.examples = {{"1 10", "how long each took, every second, ten times"},
		{"-d", "how long they take, as histograms"},
		{"-C --per-cpu --sort -count", "which are most frequent on which CPU"}},
	.options = options,
	.filters = TOOL_FILTER_PLACE,
	.intervals = true,
	.view = &view,
	.views = views,
	.set_up = irqs_set_up,
	.needs = irqs_needs,
};
