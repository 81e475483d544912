/* SPDX-License-Identifier: Apache-2.0 */
#include "numamove.h"

#include <stddef.h>
#include <string.h>

#include "tool.h"

static struct counts numamove_counts(const struct tool_row *row)
{
	struct counts counts;

	memcpy(&counts, (const char *)row->data + offsetof(struct event, counts), sizeof(counts));
	return counts;
}

static void numamove_migrations(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, numamove_counts(row).migrations);
}

static void numamove_time(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_DURATION;
	value->signed_number = (int64_t)numamove_counts(row).time;
}

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -10, VALUE_TIME, tool_output_time, "when this was printed", .json = "time"),
	COLUMN_BY("NUMA_migrations", 18, VALUE_UNSIGNED, numamove_migrations,
		"how often pages were moved since the output before", .json = "migrations"),
	COLUMN_BY("NUMA_migrations_ms", 18, VALUE_DURATION, numamove_time, "how long that took",
		.format = COLUMN_MS, .json = "migrations_ns"),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, counts),
	.counters = sizeof(struct counts) / sizeof(uint64_t),
	.keep_unchanged = true,
	.headings_once = true,
};

#define MISPLACED_PAGE(probe, probe_return)                                                                  \
	probe "migrate_misplaced_page " probe_return "migrate_misplaced_page"

static const struct tool_source sources[] = {
	{.name = "tracepoints migrate:mm_migrate_pages_start and mm_migrate_pages",
		.programs = "raw_tracepoint__mm_migrate_pages_start raw_tracepoint__mm_migrate_pages"},
	{.name = "fentry and fexit on migrate_misplaced_page",
		.programs = MISPLACED_PAGE("kfunc__vmlinux__", "kretfunc__vmlinux__")},
	{.name = "kprobes on migrate_misplaced_page", .programs = MISPLACED_PAGE("kprobe__", "kretprobe__")},
	{0},
};

const struct tool tool = {
	.name = "numamove",
	.purpose =
		"Shows how often the kernel moves pages to the NUMA node that uses them, and how long that takes.",
	.details =
		"That is what automatic NUMA balancing does (/proc/sys/kernel/numa_balancing). The task whose "
		"pages are moved waits meanwhile.",
	.examples = {{"", "every second"}, {"10 6 -p 1234", "a process, six times, every ten seconds"}},
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
};
