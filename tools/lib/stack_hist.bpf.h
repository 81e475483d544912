/* SPDX-License-Identifier: Apache-2.0 */
/* Counts how long something took, by stacks (stack_hist.h). */
#include "entry.bpf.h"
#include "raise.bpf.h"
#include "stack_hist.h"

const volatile u64 stack_hist_unit = 1000;	  /* nanoseconds */
const volatile struct stack_hist stack_hist_none; /* too large for the stack */

static inline void stack_hist_count(struct stack_hist *hist, u64 time)
{
	u64 slot = bpf_log2l(time / stack_hist_unit);

	if (slot >= STACK_HIST_SLOTS)
		slot = STACK_HIST_SLOTS - 1;
	__sync_fetch_and_add(&hist->slots[slot], 1);
	__sync_fetch_and_add(&hist->count, 1);
	__sync_fetch_and_add(&hist->total, time);
	raise(&hist->longest, time);
	raise(&hist->shortest_inverted, ~time);
}

/* Counts a time in the entry of the key that `key` points to. */
#define stack_hist_add(table, key, time)                                                                     \
	do {                                                                                                 \
		struct stack_hist *hist_ = entry_of(table, key, (struct stack_hist *)&stack_hist_none);      \
                                                                                                             \
		if (hist_)                                                                                   \
			stack_hist_count(hist_, time);                                                       \
	} while (0)
