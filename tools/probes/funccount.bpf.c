/* SPDX-License-Identifier: Apache-2.0 */
/* Counts how often each place is reached. */
#include "count.bpf.h"
#include "reached.bpf.h"

BPF_HASH(counts, u64, u64, 65536);

static inline void reached(void *ctx, u64 place)
{
	count_add(counts, &place, 1);
}
