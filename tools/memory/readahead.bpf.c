/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that are read ahead into the cache, and how long it takes until they are used. When the kernel begins
 * to read ahead it says which pages of a file it wants; those of them that the same thread adds to the cache
 * then are the ones.
 */
#include "readahead.h"
#include "cache_access.bpf.h"
#include "filter.bpf.h"
#include "hist.bpf.h"
#include "loop.bpf.h"

#define MOST_PAGES 512 /* of a folio */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define MOST_ACCESSED 65536 /* pages at a time */
#else
#define MOST_ACCESSED 512
#endif
#define NS_PER_MS 1000000

struct readahead_range {
	u64 mapping, first, end;
};
BPF_TABLE("lru_hash", u32, struct readahead_range, ranges, 16384); /* by thread */
BPF_HASH(births, struct readahead_page, u64, 262144);

/* ---- pages that follow one another ---- */

struct readahead_pages {
	struct readahead_page page;
	u64 left, now, section;
};

static inline struct readahead_pages pages_of(cache_folio *folio)
{
	return (struct readahead_pages){
		.page = {.mapping = (u64)folio->mapping, .index = folio->index},
		.left = cache_folio_pages((u64)folio),
		.now = bpf_ktime_get_ns(),
	};
}

/* ---- which pages are read ahead ---- */

static inline int begin(struct address_space *mapping, u64 first, u64 pages)
{
	struct readahead_range range = {.mapping = (u64)mapping, .first = first, .end = first + pages};
	u32 tid = bpf_get_current_pid_tgid();

	if (cache_is_of_file(mapping) && !current_is_unwanted())
		ranges.update(&tid, &range);
	return 0;
}

/* (inode, first, pages, …) */
RAW_TRACEPOINT_PROBE(page_cache_ra_unbounded)
{
	struct inode *inode = (struct inode *)ctx->args[0];

	return begin(inode->i_mapping, ctx->args[1], ctx->args[2]);
}

/* (inode, first, struct file_ra_state *) */
RAW_TRACEPOINT_PROBE(page_cache_ra_order)
{
	struct inode *inode = (struct inode *)ctx->args[0];
	struct file_ra_state *ra = (struct file_ra_state *)ctx->args[2];

	return begin(inode->i_mapping, ctx->args[1], ra->size);
}

static inline int begin_control(struct readahead_control *control, u64 pages)
{
	return begin(control->mapping, control->_index, pages);
}

KFUNC_PROBE(page_cache_ra_unbounded, struct readahead_control *control, unsigned long pages)
{
	return begin_control(control, pages);
}

KFUNC_PROBE(page_cache_ra_order, struct readahead_control *control, struct file_ra_state *ra)
{
	return begin_control(control, ra->size);
}

int kprobe__page_cache_ra_unbounded(
	struct pt_regs *ctx, struct readahead_control *control, unsigned long pages)
{
	return begin_control(control, pages);
}

int kprobe__page_cache_ra_order(
	struct pt_regs *ctx, struct readahead_control *control, struct file_ra_state *ra)
{
	return begin_control(control, ra->size);
}

static long add_one(u64 number, void *ctx)
{
	struct readahead_pages *pages = ctx;

	if (!pages->left)
		return 1;
	if (births.update(&pages->page, &pages->now))
		event_missed();
	pages->page.index++;
	pages->left--;
	return 0;
}

RAW_TRACEPOINT_PROBE(mm_filemap_add_to_page_cache)
{
	cache_folio *folio = (cache_folio *)ctx->args[0];
	u32 tid = bpf_get_current_pid_tgid();
	struct readahead_range *range = ranges.lookup(&tid);
	struct readahead_pages pages = pages_of(folio);

	if (!range || pages.page.mapping != range->mapping || pages.page.index < range->first ||
		pages.page.index >= range->end)
		return 0;
	LOOP(MOST_PAGES, add_one, &pages);
	return 0;
}

/* ---- what becomes of them ---- */

static __noinline int count(struct readahead_page *page, u64 section, u64 now)
{
	struct hist_key key = {.section = section};
	u64 *birth = births.lookup(page);

	if (!birth)
		return 0;
	key.slot = bpf_log2l((now - *birth) / NS_PER_MS);
	/* unless another CPU has done it just now */
	if (!births.delete(page))
		hist_add(&key);
	return 0;
}

static long count_one(u64 number, void *ctx)
{
	struct readahead_pages *pages = ctx;

	if (!pages->left)
		return 1;
	count(&pages->page, pages->section, pages->now);
	pages->page.index++;
	pages->left--;
	return 0;
}

static inline int cache_access(struct address_space *mapping, u64 first, u64 last, enum cache_kind kind)
{
	struct readahead_pages pages = {.page = {.mapping = (u64)mapping, .index = first},
		.left = last < first ? 0 : last - first + 1,
		.now = bpf_ktime_get_ns(),
		.section = READAHEAD_USED};

	LOOP(MOST_ACCESSED, count_one, &pages);
	/* programs may ask for more than there is, but that much is not read at a time */
	if (pages.left && kind == CACHE_READ)
		event_missed();
	return 0;
}

RAW_TRACEPOINT_PROBE(mm_filemap_delete_from_page_cache)
{
	cache_folio *folio = (cache_folio *)ctx->args[0];
	struct readahead_pages pages = pages_of(folio);

	pages.section = READAHEAD_UNUSED;
	LOOP(MOST_PAGES, count_one, &pages);
	return 0;
}
