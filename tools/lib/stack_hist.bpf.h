/* SPDX-License-Identifier: Apache-2.0 */
/* Counts how long something took, by stacks (stack_hist.h). */
#include "entry.bpf.h"
#include "stack_hist.h"

const volatile u64 stack_hist_unit = 1000;	  /* nanoseconds */
const volatile struct stack_hist stack_hist_none; /* too large for the stack */

static inline void stack_hist_raise(u64 *to, u64 value)
{
	u64 old = *(volatile u64 *)to;

	/* other CPUs do the same; that so many do it just now does not happen */
	for (int i = 0; i < 16 && old < value; i++) {
		u64 seen = __sync_val_compare_and_swap(to, old, value);

		if (seen == old)
			break;
		old = seen;
	}
}

static inline void stack_hist_count(struct stack_hist *hist, u64 time)
{
	u64 slot = bpf_log2l(time / stack_hist_unit);

	if (slot >= STACK_HIST_SLOTS)
		slot = STACK_HIST_SLOTS - 1;
	__sync_fetch_and_add(&hist->slots[slot], 1);
	__sync_fetch_and_add(&hist->count, 1);
	__sync_fetch_and_add(&hist->total, time);
	stack_hist_raise(&hist->longest, time);
	stack_hist_raise(&hist->shortest_inverted, ~time);
}

/* Counts a time in the entry of the key that `key` points to. */
#define stack_hist_add(table, key, time)                                                                     \
	do {                                                                                                 \
		struct stack_hist *hist_ = entry_of(table, key, (struct stack_hist *)&stack_hist_none);      \
                                                                                                             \
		if (hist_)                                                                                   \
			stack_hist_count(hist_, time);                                                       \
	} while (0)
