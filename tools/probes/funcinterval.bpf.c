/* SPDX-License-Identifier: Apache-2.0 */
/* How much time passes from one time that a place is reached to the next. */
#include "filter.bpf.h"
#include "hist.bpf.h"

#include <linux/version.h>

const volatile u64 unit = 1;

u64 reached; /* when it was, the last time; 0: never */

/* Sets the time, and returns that before it. */
static inline u64 exchange_reached(u64 now)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
	return __sync_lock_test_and_set(&reached, now);
#else
	u64 before = reached;

	reached = now;
	return before;
#endif
}

static inline int reach(void)
{
	struct hist_key key = {};
	u64 now, before;

	if (current_is_unwanted())
		return 0;
	now = bpf_ktime_get_ns();
	before = exchange_reached(now);
	if (!before)
		return 0;
	/* another CPU may have come in between with a later time */
	key.slot = bpf_log2l((now > before ? now - before : before - now) / unit);
	hist_add(&key);
	return 0;
}

int reach_function(struct pt_regs *ctx)
{
	return reach();
}

int reach_usdt(struct pt_regs *ctx)
{
	return reach();
}

int reach_tracepoint(struct trace_entry *ctx)
{
	return reach();
}
