/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocations by cache. The tracepoint kmem_cache_alloc says which cache it was since Linux 6.1; before, the
 * functions are looked at. Memory of kmalloc() comes from caches by size and purpose.
 */
#include "slabratetop.h"
#include "filter.bpf.h"
#include "missed.bpf.h"

#include <linux/slab.h>
#include <linux/version.h>

/* linux/gfp_types.h; the values have been these since before Linux 5.10 */
#define GFP_DMA_BIT 0x1
#define GFP_RECLAIMABLE_BIT 0x10
#define GFP_ACCOUNT_BIT 0x400000

BPF_HASH(slabs, struct slab_key, struct slab_value, 8192);

/* The cache's counts; `name` is NULL for one of kmalloc(). */
static inline int slab_add(struct slab_key *key, const char *name, u64 bytes)
{
	struct slab_value *value = slabs.lookup(key);

	if (!value) {
		struct slab_value fresh = {};

		if (name)
			bpf_probe_read_kernel_str(fresh.name, sizeof(fresh.name), name);
		/* another CPU may have been quicker */
		slabs.insert(key, &fresh);
		value = slabs.lookup(key);
	}
	if (!value) {
		event_missed();
		return 0;
	}
	__sync_fetch_and_add(&value->allocs, 1);
	__sync_fetch_and_add(&value->bytes, bytes);
	return 0;
}

static inline int slab_allocated(struct kmem_cache *cache)
{
	struct slab_key key = {.cache = (u64)cache};
	const char *name = cache->name;

	if (current_is_unwanted())
		return 0;
	key.name = (u64)name;
	return slab_add(&key, name, cache->size);
}

static inline int kmalloc_allocated(u64 object, u64 bytes, u32 flags)
{
	struct slab_key key = {};

	/* more comes from no cache */
	if (!object || bytes > 2 * PAGE_SIZE || current_is_unwanted())
		return 0;
	key.size = bytes;
	if (flags & GFP_DMA_BIT)
		key.kind = KMALLOC_DMA;
	else if (flags & GFP_RECLAIMABLE_BIT)
		key.kind = KMALLOC_RECLAIMABLE;
	else if (flags & GFP_ACCOUNT_BIT)
		key.kind = KMALLOC_ACCOUNTED;
	return slab_add(&key, 0, bytes);
}

/* (call_site, object, bytes_req, bytes_alloc, flags, …); only Linux 6.0 has the cache after the object */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#define KMALLOC_BYTES 4
#else
#define KMALLOC_BYTES 3
#endif

RAW_TRACEPOINT_PROBE(kmalloc)
{
	return kmalloc_allocated(ctx->args[1], ctx->args[KMALLOC_BYTES], ctx->args[KMALLOC_BYTES + 1]);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
RAW_TRACEPOINT_PROBE(kmem_cache_alloc)
{
	return ctx->args[1] ? slab_allocated((struct kmem_cache *)ctx->args[2]) : 0;
}
#else
RAW_TRACEPOINT_PROBE(kmalloc_node)
{
	return kmalloc_allocated(ctx->args[1], ctx->args[KMALLOC_BYTES], ctx->args[KMALLOC_BYTES + 1]);
}

KRETFUNC_PROBE(kmem_cache_alloc, struct kmem_cache *cache, gfp_t flags, void *object)
{
	return object ? slab_allocated(cache) : 0;
}

KRETFUNC_PROBE(kmem_cache_alloc_node, struct kmem_cache *cache, gfp_t flags, int node, void *object)
{
	return object ? slab_allocated(cache) : 0;
}

int kprobe__kmem_cache_alloc(struct pt_regs *ctx, struct kmem_cache *cache)
{
	return slab_allocated(cache);
}

int kprobe__kmem_cache_alloc_node(struct pt_regs *ctx, struct kmem_cache *cache)
{
	return slab_allocated(cache);
}
#endif
