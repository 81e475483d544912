/* SPDX-License-Identifier: Apache-2.0 */
#include "cache.bpf.h"
#include "filter.bpf.h"

BPF_ARRAY(counts, struct cache_counts, 1);

static inline struct cache_counts *cache_counts(void)
{
	u32 zero = 0;

	return current_is_unwanted() ? 0 : counts.lookup(&zero);
}
