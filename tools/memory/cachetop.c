/* SPDX-License-Identifier: Apache-2.0 */
#include "cachetop.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "clock.h"
#include "meminfo.h"
#include "settings.h"
#include "tool.h"

enum { MB = 1 << 20, WIDTH_USER = 8 };

static const struct tool_option options[] = {
	OPTION_LETTER('s', "sort"),
	{0},
};

/* ---- columns ---- */

static void cachetop_user(const struct tool_row *row, struct value *value)
{
	uint32_t uid = ((const struct event *)row->data)->key.uid;
	static char name[64];
	static uint32_t known;
	struct passwd *user;

	if (!*name || known != uid) {
		user = getpwuid(uid);
		if (user)
			snprintf(name, sizeof(name), "%s", user->pw_name);
		else
			snprintf(name, sizeof(name), "UNKNOWN(%u)", uid);
		known = uid;
	}
	value_text(value, name, strlen(name));
}

static void cachetop_misses(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, cache_misses(&((const struct event *)row->data)->counts));
}

static void cachetop_hits(const struct tool_row *row, struct value *value)
{
	const struct cache_counts *c = &((const struct event *)row->data)->counts;

	value_unsigned(value, c->accessed - cache_misses(c));
}

static void cachetop_read(const struct tool_row *row, struct value *value)
{
	const struct cache_counts *c = &((const struct event *)row->data)->counts;

	value->kind = VALUE_REAL;
	value->real = c->accessed ? 100.0 * (c->accessed - cache_misses(c)) / c->accessed : 0;
}

/* What was written to and had been there before. */
static void cachetop_write(const struct tool_row *row, struct value *value)
{
	const struct cache_counts *c = &((const struct event *)row->data)->counts;

	value->kind = VALUE_REAL;
	value->real = c->dirtied > c->written ? 100.0 * (c->dirtied - c->written) / c->dirtied : 0;
}

static void cachetop_text(struct value *value, char *text, size_t size)
{
	snprintf(text, size, "%.1f%%", value->real);
	value_text(value, text, strlen(text));
}

static void cachetop_read_text(const struct tool_row *row, struct value *value)
{
	static char text[16];

	cachetop_read(row, value);
	cachetop_text(value, text, sizeof(text));
}

static void cachetop_write_text(const struct tool_row *row, struct value *value)
{
	static char text[16];

	cachetop_write(row, value);
	cachetop_text(value, text, sizeof(text));
}

/* BCC's headings stand to the left of its numbers. */
static const struct tool_column columns[] = {
	COLUMN("PID", 8, key.pid, "process", .heading = "PID     ", .json = "pid"),
	COLUMN_BY("USER", -8, VALUE_TEXT, cachetop_user, "its user", .heading = "UID", .json = "user",
		.cut = WIDTH_USER),
	COLUMN("UID", 8, key.uid, "the user's number", .hidden = true, .in_json = true),
	COLUMN("CMD", -16, key.comm, "name of the thread"),
	COLUMN_BY("HITS", 8, VALUE_UNSIGNED, cachetop_hits, "pages that it read from the cache",
		.heading = "HITS    ", .json = "hits"),
	COLUMN_BY("MISSES", 8, VALUE_UNSIGNED, cachetop_misses, "pages that were read into it",
		.heading = "MISSES  ", .json = "misses"),
	COLUMN("DIRTIES", 8, counts.dirtied, "pages that it wrote to there", .heading = "DIRTIES ",
		.json = "dirties"),
	COLUMN_BY("READ_HIT%", 10, VALUE_TEXT, cachetop_read_text, "share of hits in what it read",
		.heading = "READ_HIT% ", .not_in_json = true),
	COLUMN_BY("WRITE_HIT%", 10, VALUE_TEXT, cachetop_write_text,
		"share of what was in the cache before in what it wrote to", .not_in_json = true),
	COLUMN_BY("READ_HIT", 8, VALUE_REAL, cachetop_read, "READ_HIT% as a number", .digits = 1,
		.hidden = true, .in_json = true),
	COLUMN_BY("WRITE_HIT", 8, VALUE_REAL, cachetop_write, "WRITE_HIT% as a number", .digits = 1,
		.hidden = true, .in_json = true),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

static void cachetop_above(struct buffer *out)
{
	bool greatest_first;
	const char *column = tool_sort_column(&greatest_first);

	clock_add(out, clock_now(),
		settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_printf(out, " Buffers MB: %.0f / Cached MB: %.0f / Sort: %s / Order: %s\n",
		(double)meminfo_bytes("Buffers") / MB, (double)meminfo_bytes("Cached") / MB, column,
		greatest_first ? "descending" : "ascending");
}

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, counts),
	.counters = sizeof(struct cache_counts) / sizeof(uint64_t),
	.screen = &tool_screen,
	.above = cachetop_above,
	.sort = "-HITS,-MISSES,-DIRTIES,PID",
};

static const struct tool_source sources[] = {CACHE_SOURCES, {0}};

const struct tool tool = {
	.name = "cachetop",
	.purpose = "Shows which processes read files from the page cache, and how often they miss it.",
	.details = CACHE_DETAILS " BCC's READ_HIT% and WRITE_HIT% have all accesses in their denominators; "
				 "here they are shares of what was read, and of what was written to.",
	.examples = {{"", "a screen, each five seconds"}, {"-s -MISSES -r 10 1", "who misses it most often"},
		{"-C -p 1234 1 60", "one process for a minute"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 5,
	.sources = sources,
	.view = &view,
};
