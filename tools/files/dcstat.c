/* SPDX-License-Identifier: Apache-2.0 */
#include "dcstat.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dcache.h"
#include "tool.h"

static bool has_references;

/* Which source it is. */
static int dcstat_attached(struct bcc *b)
{
	static const char *const programs[] = {"kfunc__vmlinux__lookup_fast", "kprobe__lookup_fast"};

	for (int i = 0; i < 2; i++) {
		struct bcc_program *program = bcc_program_find(b, programs[i]);

		has_references |= program && bcc_program_fd(program) >= 0;
	}
	return 0;
}

/* ---- columns ---- */

static struct counts dcstat_counts(const struct tool_row *row)
{
	struct counts counts;

	memcpy(&counts, (const char *)row->data + offsetof(struct event, counts), sizeof(counts));
	return counts;
}

static void dcstat_rate(struct value *value, uint64_t count)
{
	double seconds = tool_output_seconds();

	value_unsigned(value, seconds > 0 ? (uint64_t)(count / seconds + 0.5) : 0);
}

static void dcstat_references(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_NONE;
	if (has_references)
		value_unsigned(value, dcstat_counts(row).references);
}

static void dcstat_references_rate(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_NONE;
	if (has_references)
		dcstat_rate(value, dcstat_counts(row).references);
}

static void dcstat_slow_rate(const struct tool_row *row, struct value *value)
{
	dcstat_rate(value, dcstat_counts(row).slow);
}

static void dcstat_misses_rate(const struct tool_row *row, struct value *value)
{
	dcstat_rate(value, dcstat_counts(row).misses);
}

static void dcstat_percent(const struct tool_row *row, struct value *value)
{
	struct counts c = dcstat_counts(row);

	value->kind = VALUE_NONE;
	if (!has_references || !c.references)
		return;
	value->kind = VALUE_REAL;
	/* names that are created are looked up by d_lookup() only */
	value->real = c.references > c.misses ? 100.0 * (c.references - c.misses) / c.references : 0;
}

static void dcstat_ratio(const struct tool_row *row, struct value *value)
{
	static char text[16] = "-%";

	dcstat_percent(row, value);
	if (value->kind == VALUE_REAL)
		snprintf(text, sizeof(text), "%.2f", value->real);
	else
		strcpy(text, "-%");
	value_text(value, text, strlen(text));
}

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -8, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.after = ":  ", .heading_after = "   "),
	COLUMN_BY("REFS/s", 8, VALUE_UNSIGNED, dcstat_references_rate,
		"components of paths that are looked up in each second", .not_in_json = true),
	COLUMN_BY("REFS", 8, VALUE_UNSIGNED, dcstat_references,
		"components of paths that are looked up in the interval", .hidden = true, .in_json = true),
	COLUMN_BY("SLOW/s", 8, VALUE_UNSIGNED, dcstat_slow_rate,
		"names that are looked up once more, or at once thoroughly, in each second",
		.not_in_json = true),
	COLUMN("SLOW", 8, counts.slow, "the same in the interval", .hidden = true, .in_json = true),
	COLUMN_BY("MISS/s", 8, VALUE_UNSIGNED, dcstat_misses_rate,
		"names that are not in the cache in each second", .not_in_json = true),
	COLUMN("MISSES", 8, counts.misses, "the same in the interval", .hidden = true, .in_json = true),
	COLUMN_BY("HIT%", 8, VALUE_TEXT, dcstat_ratio, "share of references that are not misses",
		.not_in_json = true),
	COLUMN_BY("PERCENT", 8, VALUE_REAL, dcstat_percent, "the same as a number", .digits = 2,
		.json = "hit_percent", .hidden = true, .in_json = true),
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

static const struct tool_source sources[] = {
	DCACHE_SOURCES("references (REFS/s) and their share of hits (HIT%) are not known: this kernel's "
		       "lookup_fast() cannot be probed"),
	{0},
};

const struct tool tool = {
	.name = "dcstat",
	.purpose = "Counts lookups of names in the kernel's cache of directory entries.",
	.details = DCACHE_DETAILS "\n\nJSON has the counts of each interval, and not those of a second.",
	.examples = {{"", "a row each second"},
		{"5 10 -p 1234", "ten rows, each of five seconds, of a process"}},
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
	.attached = dcstat_attached,
};
