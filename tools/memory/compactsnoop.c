/* SPDX-License-Identifier: Apache-2.0 */
#include "compactsnoop.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "kernel_enum.h"
#include "stack.h"
#include "tool.h"

static bool compactsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	return e->frames <= STACK_FRAMES &&
	       row->size - offsetof(struct event, stack) >= e->frames * sizeof(*e->stack);
}

static void compactsnoop_tear_down(void)
{
	stack_close();
	kernel_enum_close();
}

/* ---- columns ---- */

static void compactsnoop_zone(const struct tool_row *row, struct value *value)
{
	const char *zone = kernel_enum_name("zone_type", ((const struct event *)row->data)->zone);

	value->kind = VALUE_NONE;
	if (zone)
		value_text(value, zone, strlen(zone));
}

static void compactsnoop_mode(const struct tool_row *row, struct value *value)
{
	const char *mode = ((const struct event *)row->data)->sync ? "SYNC" : "ASYNC";

	value_text(value, mode, strlen(mode));
}

static void compactsnoop_fragmentation(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = VALUE_NONE;
	if (e->order < 0)
		return;
	value->kind = VALUE_REAL;
	value->real = e->fragmentation / 1000.0;
}

/* "partial_skipped" of COMPACT_PARTIAL_SKIPPED. */
static void compactsnoop_status(const struct tool_row *row, struct value *value)
{
	const char *name = kernel_enum_name("compact_result", ((const struct event *)row->data)->status);
	const size_t beginning = strlen("COMPACT_");
	static char text[64];
	size_t length = 0;

	value->kind = VALUE_NONE;
	if (!name || strncmp(name, "COMPACT_", beginning))
		return;
	for (name += beginning; name[length] && length < sizeof(text); length++)
		text[length] = tolower((unsigned char)name[length]);
	value_text(value, text, length);
}

static void compactsnoop_stack(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	stack_value(value, e->stack, e->frames);
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the time", .columns = "TIME"),
	OPTION_FLAG('K', "kernel-stack", "the functions of the kernel that led there",
		.variable = "with_stack", .columns = "STACK"),
	OPTION_FLAG('e', "extended_fields", "columns with the zone's memory", .variable = "with_memory",
		.columns = "FRAGIDX MIN LOW HIGH FREE"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when it was over, in seconds since the first one",
		.format = COLUMN_SECONDS, .digits = 9, .hidden = true, .in_json = true),
	COLUMN("COMM", -14, task.comm, "name of the thread", .cut = 14),
	COLUMN("PID", -6, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread", .hidden = true, .in_json = true),
	COLUMN("NODE", -4, node, "memory of which NUMA node"),
	COLUMN_BY("ZONE", -12, VALUE_TEXT, compactsnoop_zone, "which part of it"),
	COLUMN("ORDER", -5, order,
		"2 to the power of this many pages are needed in a row; -1: all is compacted"),
	COLUMN_BY(
		"MODE", -7, VALUE_TEXT, compactsnoop_mode, "SYNC: it waits for pages that are in use; ASYNC"),
	COLUMN_BY("FRAGIDX", -8, VALUE_REAL, compactsnoop_fragmentation,
		"whether fragmentation (towards 1) or a lack of memory (towards 0) is to blame; -1: neither",
		.digits = 3, .hidden = true),
	COLUMN("MIN", -8, min, "the zone's least watermark, in pages", .hidden = true),
	COLUMN("LOW", -8, low, "its low one", .hidden = true),
	COLUMN("HIGH", -8, high, "its high one", .hidden = true),
	COLUMN("FREE", -8, free, "pages that were free", .hidden = true),
	COLUMN_DURATION("LAT(ms)", 9, delay, "time that it took", .format = COLUMN_MS, .digits = 3),
	COLUMN_BY("STATUS", 16, VALUE_TEXT, compactsnoop_status, "how it ended, in the kernel's words"),
	COLUMN_BY("STACK", 0, VALUE_LIST, compactsnoop_stack, "functions of the kernel that led there",
		.below = "\t", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, stack),
	.wanted = compactsnoop_wanted,
};

const struct tool tool = {
	.name = "compactsnoop",
	.purpose = "Shows when the kernel moves pages to make larger areas of memory free, and for whom.",
	.examples = {{"-T -p 1234", "a process, with times"}, {"-K -e", "with stacks and the zone's memory"},
		{"--filter 'comm != kcompactd0'", "only what tasks wait for"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.tear_down = compactsnoop_tear_down,
};
