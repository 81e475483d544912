/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of files that are looked for in the cache, put into it, and written to. The text defines
 *
 *	static inline struct cache_counts *cache_counts(void)
 *
 * for the current task, or NULL if it is not wanted. Counted are pages, since a folio may have many.
 *
 * The kernel says of a read which pages are still to be read, several times until it is done, and of a folio
 * that becomes dirty not whether it is new. Both are found out with what the thread did before.
 */
#include "cache.h"
#include "cache_access.bpf.h"
#include "missed.bpf.h"

static inline struct cache_counts *cache_counts(void);

/* The last access of a thread. */
struct cache_access {
	u64 mapping, first, last;
	u64 accesses; /* so far */
};
BPF_TABLE("lru_hash", u32, struct cache_access, cache_accesses, 16384);

/* Who added a folio, and after how many accesses. */
struct cache_addition {
	u64 tid, accesses;
};
BPF_TABLE("lru_hash", u64, struct cache_addition, cache_additions, 16384);

static inline struct cache_access *cache_access_before(u32 tid)
{
	struct cache_access none = {};

	if (!cache_accesses.lookup(&tid))
		cache_accesses.insert(&tid, &none);
	return cache_accesses.lookup(&tid);
}

/* Whether it is a part of what the thread did before. */
static inline bool cache_goes_on(const struct cache_access *before, u64 first, u64 last, enum cache_kind kind)
{
	if (kind == CACHE_READ_REST)
		return first > before->first && last == before->last;
	return kind == CACHE_FAULT && first >= before->first && last <= before->last;
}

static inline int cache_access(struct address_space *mapping, u64 first, u64 last, enum cache_kind kind)
{
	struct cache_counts *counts;
	struct cache_access *before;
	u64 end, pages;
	bool goes_on;

	if (!cache_is_of_file(mapping))
		return 0;
	counts = cache_counts();
	before = counts ? cache_access_before(bpf_get_current_pid_tgid()) : 0;
	if (!counts || !before)
		return 0;
	goes_on = before->mapping == (u64)mapping && cache_goes_on(before, first, last, kind);
	before->mapping = (u64)mapping;
	before->first = first;
	before->last = last;
	before->accesses++;
	if (goes_on)
		return 0;
	/* programs ask for more than there is */
	end = (u64)(mapping->host->i_size + PAGE_SIZE - 1) / PAGE_SIZE;
	pages = kind == CACHE_FAULT ? 1 : last < end ? last + 1 - first : end > first ? end - first : 0;
	__sync_fetch_and_add(&counts->accessed, pages);
	return 0;
}

RAW_TRACEPOINT_PROBE(mm_filemap_add_to_page_cache)
{
	cache_folio *folio = (cache_folio *)ctx->args[0];
	u32 tid = bpf_get_current_pid_tgid();
	u64 at = (u64)folio;
	struct cache_addition addition = {.tid = tid};
	struct cache_counts *counts;
	struct cache_access *access;

	if (!cache_is_of_file(folio->mapping))
		return 0;
	counts = cache_counts();
	if (!counts)
		return 0;
	__sync_fetch_and_add(&counts->added, cache_folio_pages(at));
	access = cache_accesses.lookup(&tid);
	addition.accesses = access ? access->accesses : 0;
	if (cache_additions.update(&at, &addition))
		event_missed();
	return 0;
}

static inline int cache_dirtied(u64 folio, struct address_space *mapping)
{
	u64 pages = cache_folio_pages(folio);
	u32 tid = bpf_get_current_pid_tgid();
	struct cache_addition *addition;
	struct cache_counts *counts;
	struct cache_access *access;

	if (!mapping || !cache_is_of_file(mapping))
		return 0;
	counts = cache_counts();
	if (!counts)
		return 0;
	__sync_fetch_and_add(&counts->dirtied, pages);
	addition = cache_additions.lookup(&folio);
	if (!addition)
		return 0;
	access = cache_accesses.lookup(&tid);
	if (addition->tid == tid && addition->accesses == (access ? access->accesses : 0))
		__sync_fetch_and_add(&counts->written, pages);
	cache_additions.delete(&folio);
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
RAW_TRACEPOINT_PROBE(writeback_dirty_folio)
{
	return cache_dirtied(ctx->args[0], (struct address_space *)ctx->args[1]);
}
#else
RAW_TRACEPOINT_PROBE(writeback_dirty_page)
{
	return cache_dirtied(ctx->args[0], (struct address_space *)ctx->args[1]);
}
#endif
