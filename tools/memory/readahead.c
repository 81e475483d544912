/* SPDX-License-Identifier: Apache-2.0 */
#include "readahead.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "clock.h"
#include "settings.h"
#include "tool.h"
#include "writer.h"

static void readahead_section(const struct tool_row *row, struct value *value)
{
	uint64_t section;
	const char *text;

	memcpy(&section, row->data, sizeof(section));
	text = section == READAHEAD_USED ? "used" : "unused";
	value_text(value, text, strlen(text));
}

static const struct tool_column section =
	COLUMN_BY("pages", 0, VALUE_TEXT, readahead_section, "whether they were used");

static int readahead_last(struct bcc *b);

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "age (ms)",
	.last = readahead_last,
};

/* What the text's hist.bpf.h has as key. */
struct slot {
	uint64_t section, number;
};

enum { SLOTS = 65, NS_PER_MS = 1000000 };

/* Pages that are still in the cache, by their age so far, and those that have left it. */
static struct unused {
	uint64_t now;
	uint64_t slots[SLOTS];
} unused;

static int readahead_add_page(void *ctx, const void *key, const void *value)
{
	uint64_t birth, age;

	memcpy(&birth, value, sizeof(birth));
	age = unused.now > birth ? (unused.now - birth) / NS_PER_MS : 0;
	/* as bpf_log2l() */
	unused.slots[64 - __builtin_clzll(age | 1)]++;
	return 0;
}

static int readahead_add_slot(void *ctx, const void *key, const void *value)
{
	struct slot slot;
	uint64_t count;

	memcpy(&slot, key, sizeof(slot));
	memcpy(&count, value, sizeof(count));
	if (slot.section == READAHEAD_UNUSED && slot.number < SLOTS)
		unused.slots[slot.number] += count;
	return 0;
}

/* Tables have the number of pages that are not used instead of their histogram. */
static int readahead_last(struct bcc *b)
{
	struct bcc_table *hist = bcc_table_find(b, "hist");
	bool is_table = settings.format == WRITER_TABLE;
	uint64_t sum = 0;
	int ret;

	unused.now = clock_now();
	ret = bcc_table_each(bcc_table_find(b, "births"), readahead_add_page, NULL);
	if (!ret)
		ret = bcc_table_each(hist, readahead_add_slot, NULL);
	for (uint64_t i = 0; i < SLOTS && !ret; i++) {
		struct slot slot = {.section = READAHEAD_UNUSED, .number = i};

		sum += unused.slots[i];
		if (!unused.slots[i])
			continue;
		if (!is_table)
			ret = bcc_table_set(hist, &slot, sizeof(slot), &unused.slots[i], sizeof(uint64_t), 0);
		else
			ret = bcc_table_delete(hist, &slot, sizeof(slot));
		/* it was none of the table's */
		if (ret == -ENOENT)
			ret = 0;
	}
	if (!ret && is_table)
		printf("Read-ahead unused pages: %" PRIu64 "\nHistogram of read-ahead used page age (ms):\n",
			sum);
	return ret;
}

static void readahead_set_up(void)
{
	if (settings.format != WRITER_TABLE)
		view.section = &section;
}

#define RANGES(prefix) prefix "page_cache_ra_unbounded " prefix "page_cache_ra_order"

static const struct tool_source sources[] = {
	{.name = "tracepoints readahead:page_cache_ra_… and filemap:mm_filemap_…",
		.programs = RANGES("raw_tracepoint__") " " CACHE_TRACEPOINTS},
	{.name = "fentry on page_cache_ra_…, and tracepoints filemap:mm_filemap_…",
		.programs = RANGES("kfunc__vmlinux__") " " CACHE_TRACEPOINTS},
	{.name = "kprobes on page_cache_ra_…, and tracepoints filemap:mm_filemap_…",
		.programs = RANGES("kprobe__") " " CACHE_TRACEPOINTS},
	{.name = "fentry and fexit on page_cache_ra_…, filemap_read, filemap_fault and filemap_map_pages",
		.programs = RANGES("kfunc__vmlinux__") " " CACHE_FUNCTIONS},
	/* before Linux 5.18 */
	{.name = "fentry and fexit on page_cache_ra_unbounded, filemap_read, filemap_fault and filemap_map_pages",
		.programs = "kfunc__vmlinux__page_cache_ra_unbounded " CACHE_FUNCTIONS},
	{0},
};

const struct tool tool = {
	.name = "readahead",
	.purpose =
		"Shows how many pages are read ahead into the cache and not used, and how old the others were.",
	.details =
		"A page is used when a program reads it, or when it becomes a part of a mapping. Pages that were in "
		"the cache before tracing are not counted. JSON and CSV have histograms of both; the age of pages that "
		"have not been used is that at which they left the cache, or at the end.",
	.examples = {{"-d 20", "for twenty seconds"}, {"-p 1234", "what is read ahead for a process"}},
	.filters = TOOL_FILTERS,
	.outlives = true,
	.sources = sources,
	.view = &view,
	.set_up = readahead_set_up,
};
