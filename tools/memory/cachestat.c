/* SPDX-License-Identifier: Apache-2.0 */
#include "cachestat.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "meminfo.h"
#include "tool.h"

enum { MB = 1 << 20 };

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the time of day", .columns = "TIME"),
	{0},
};

/* ---- columns ---- */

static struct cache_counts cachestat_counts(const struct tool_row *row)
{
	struct cache_counts counts;

	memcpy(&counts, (const char *)row->data + offsetof(struct event, counts), sizeof(counts));
	return counts;
}

static void cachestat_misses(const struct tool_row *row, struct value *value)
{
	struct cache_counts c = cachestat_counts(row);

	value_unsigned(value, cache_misses(&c));
}

static void cachestat_hits(const struct tool_row *row, struct value *value)
{
	struct cache_counts c = cachestat_counts(row);

	value_unsigned(value, c.accessed - cache_misses(&c));
}

static void cachestat_percent(const struct tool_row *row, struct value *value)
{
	struct cache_counts c = cachestat_counts(row);

	value->kind = VALUE_REAL;
	value->real = c.accessed ? 100.0 * (c.accessed - cache_misses(&c)) / c.accessed : 0;
}

static void cachestat_ratio(const struct tool_row *row, struct value *value)
{
	static char text[16];

	cachestat_percent(row, value);
	snprintf(text, sizeof(text), "%.2f%%", value->real);
	value_text(value, text, strlen(text));
}

/* Megabytes, rounded. */
static void cachestat_memory(struct value *value, const char *name)
{
	value_unsigned(value, (meminfo_bytes(name) + MB / 2) / MB);
}

static void cachestat_buffers(const struct tool_row *row, struct value *value)
{
	cachestat_memory(value, "Buffers");
}

static void cachestat_cached(const struct tool_row *row, struct value *value)
{
	cachestat_memory(value, "Cached");
}

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -8, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	COLUMN_BY("HITS", 8, VALUE_UNSIGNED, cachestat_hits, "pages that were read from the cache"),
	COLUMN_BY("MISSES", 8, VALUE_UNSIGNED, cachestat_misses, "pages that were read into it"),
	COLUMN("DIRTIES", 8, counts.dirtied, "pages that were written to there"),
	COLUMN_BY("HITRATIO", 8, VALUE_TEXT, cachestat_ratio, "share of hits in all that was read",
		.not_in_json = true),
	COLUMN_BY("PERCENT", 8, VALUE_REAL, cachestat_percent, "the same as a number", .digits = 2,
		.json = "hitratio", .hidden = true, .in_json = true),
	COLUMN_BY("BUFFERS_MB", 12, VALUE_UNSIGNED, cachestat_buffers,
		"cache of block devices, in megabytes (/proc/meminfo)"),
	COLUMN_BY("CACHED_MB", 10, VALUE_UNSIGNED, cachestat_cached, "cache of files, in megabytes"),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, counts),
	.counters = sizeof(struct cache_counts) / sizeof(uint64_t),
	.keep_unchanged = true,
	.headings_once = true,
};

static const struct tool_source sources[] = {CACHE_SOURCES, {0}};

const struct tool tool = {
	.name = "cachestat",
	.purpose =
		"Shows how often files are read from the page cache, and how often from where they are stored.",
	.details = CACHE_DETAILS,
	.examples = {{"", "a line each second"}, {"-T 5 12", "for a minute, with the time"},
		{"-p 1234", "the files that a process reads and writes"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
};
