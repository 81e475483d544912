/* SPDX-License-Identifier: Apache-2.0 */
#include "slabratetop.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* "kmalloc-cg-1k" */
static void slabratetop_kmalloc(char *text, size_t size, const char *kind, uint32_t bytes)
{
	bool thousands = bytes >= 1024 && bytes % 1024 == 0;

	snprintf(text, size, "%s-%u%s", kind, thousands ? bytes / 1024 : bytes, thousands ? "k" : "");
}

static void slabratetop_cache(const struct tool_row *row, struct value *value)
{
	static const char *const kinds[] = {[KMALLOC_NORMAL] = "kmalloc",
		[KMALLOC_RECLAIMABLE] = "kmalloc-rcl",
		[KMALLOC_ACCOUNTED] = "kmalloc-cg",
		[KMALLOC_DMA] = "dma-kmalloc"};
	const struct event *e = row->data;
	static char name[32];
	char path[64];

	if (e->key.cache) {
		value_text(value, e->value.name, strnlen(e->value.name, sizeof(e->value.name)));
		return;
	}
	slabratetop_kmalloc(
		name, sizeof(name), kinds[e->key.kind <= KMALLOC_DMA ? e->key.kind : 0], e->key.size);
	snprintf(path, sizeof(path), "/sys/kernel/slab/%s", name);
	/* not every kernel keeps them apart */
	if (access(path, F_OK))
		slabratetop_kmalloc(name, sizeof(name), kinds[KMALLOC_NORMAL], e->key.size);
	value_text(value, name, strlen(name));
}

static const struct tool_option options[] = {
	OPTION_LETTER('s', "sort"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_BY("CACHE", -32, VALUE_TEXT, slabratetop_cache, "the cache, as in /proc/slabinfo"),
	COLUMN("ALLOCS", 6, value.allocs, "objects that were allocated"),
	COLUMN("BYTES", 10, value.bytes, "what they take in the cache"),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

/* of libbpf-tools' slabratetop */
static const struct tool_sort_name sort_names[] = {
	{"name", "CACHE"}, {"count", "-ALLOCS,CACHE"}, {"size", "-BYTES,CACHE"}, {0}};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "slabs",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, value.allocs),
	.counters = 2,
	.screen = &tool_screen,
	.above = tool_load_average,
	.sort = "-BYTES,-ALLOCS,CACHE",
	.sort_names = sort_names,
	.most_rows = 20,
};

static const struct tool_source sources[] = {
	{.name = "tracepoint kmem:kmem_cache_alloc", .programs = "raw_tracepoint__kmem_cache_alloc"},
	{.name = "fexit on kmem_cache_alloc and kmem_cache_alloc_node",
		.programs = "kretfunc__vmlinux__kmem_cache_alloc kretfunc__vmlinux__kmem_cache_alloc_node"},
	{.name = "kprobes on kmem_cache_alloc and kmem_cache_alloc_node",
		.programs = "kprobe__kmem_cache_alloc kprobe__kmem_cache_alloc_node",
		.less = "allocations that fail are counted too"},
	{0},
};

const struct tool tool = {
	.name = "slabratetop",
	.purpose = "Shows which caches the kernel allocates memory from, and how fast.",
	.details =
		"Objects that are freed are not subtracted: this is how much is allocated in an interval, while "
		"slabtop(1) shows what is in use. The caches of kmalloc() are told apart by size and purpose; "
		"randomized copies of them count as one. Allocations of more than two pages come from no cache. "
		"Objects that are allocated several at once (kmem_cache_alloc_bulk()) are not seen.\n\n"
		"--sort takes the columns, and name, count and size, which begin with the greatest number.",
	.examples = {{"", "a screen, each second"}, {"-C 5 10", "ten outputs, each of five seconds"},
		{"-s count -r 5 -p 1234", "the five caches that a process asks most often"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
};
