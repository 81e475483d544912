/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histograms by section: a process, a disk, or nothing (0). The counts are never set back, so that none is
 * lost between two intervals; the reader shows differences.
 *
 *   HIST_SECTION_TYPE  the type of a section; default: u64
 *   HIST_SUM           what is counted is also summed up, by hist_sum_add()
 */
#include "missed.bpf.h"

#ifndef HIST_SECTION_TYPE
#define HIST_SECTION_TYPE u64
#endif

struct hist_key {
	HIST_SECTION_TYPE section;
	u64 slot;
};

BPF_HASH(hist, struct hist_key, u64, 65536);

static inline void hist_add(const struct hist_key *key)
{
	u64 one = 1, *count = hist.lookup((struct hist_key *)key);

	if (!count) {
		/* another CPU may have been quicker */
		u64 zero = 0;

		hist.insert((struct hist_key *)key, &zero);
		count = hist.lookup((struct hist_key *)key);
	}
	if (count)
		__sync_fetch_and_add(count, one);
	else
		event_missed();
}

#ifdef HIST_SUM
BPF_PERCPU_ARRAY(hist_sum, u64, 1);

static inline void hist_sum_add(u64 value)
{
	u32 zero = 0;
	u64 *sum = hist_sum.lookup(&zero);

	if (sum)
		__sync_fetch_and_add(sum, value);
}
#endif
