/* SPDX-License-Identifier: Apache-2.0 */
#include "dcstat.h"
#include "dcache.bpf.h"

BPF_ARRAY(counts, struct counts, 1);

static inline int dcache_lookup(void *ctx, enum dcache_kind kind, const struct qstr *name)
{
	u32 zero = 0;
	struct counts *c = counts.lookup(&zero);

	if (!c)
		return 0;
	if (kind == DCACHE_REFERENCE) {
		__sync_fetch_and_add(&c->references, 1);
		return 0;
	}
	__sync_fetch_and_add(&c->slow, 1);
	if (kind == DCACHE_MISS)
		__sync_fetch_and_add(&c->misses, 1);
	return 0;
}
