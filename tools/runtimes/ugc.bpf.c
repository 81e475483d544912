/* SPDX-License-Identifier: Apache-2.0 */
/* Garbage collections, from their beginning to their end in the same thread. */
#include "begun.bpf.h"
#include "event.bpf.h"
#include "ugc.h"
#include "usdt_text.bpf.h"

const volatile u64 least_delay; /* nanoseconds */

struct begun_key {
	u64 thread, kind;
};

struct begun {
	u64 time;
	struct ugc_numbers numbers;
};

BEGUN_TABLE(struct begun_key, struct begun, begun, 16384);

static __noinline int numbers_read(struct pt_regs *ctx, struct ugc_numbers *numbers, u32 kind)
{
	if (kind == UGC_POOL) {
		bpf_usdt_readarg(6, ctx, &numbers->first);
		bpf_usdt_readarg(8, ctx, &numbers->second);
	} else {
		bpf_usdt_readarg(1, ctx, &numbers->first);
	}
	return 0;
}

static __noinline int begin(struct pt_regs *ctx, u32 kind)
{
	struct begun_key key = {.thread = bpf_get_current_pid_tgid(), .kind = kind};
	struct begun at = {.time = bpf_ktime_get_ns()};

	numbers_read(ctx, &at.numbers, kind);
	begun_put(begun, &key, &at);
	return 0;
}

static __noinline int end(struct pt_regs *ctx, u32 kind)
{
	struct begun_key key = {.thread = bpf_get_current_pid_tgid(), .kind = kind};
	struct event event = {.time = bpf_ktime_get_ns(), .kind = kind};
	struct begun *at = begun.lookup(&key);

	if (!at)
		return 0;
	event.begin = at->time;
	event.at_begin = at->numbers;
	begun_take(begun, &key);
	if (event.time - event.begin < least_delay)
		return 0;
	event.pid = key.thread >> 32;
	event.tid = key.thread;
	numbers_read(ctx, &event.at_end, kind);
	if (kind == UGC_POOL) {
		usdt_text(ctx, event.manager, sizeof(event.manager), 1, 2);
		usdt_text(ctx, event.pool, sizeof(event.pool), 3, 4);
	}
	event_send(ctx, &event, sizeof(event));
	return 0;
}

#define STAGE(name, kind)                                                                                    \
	int begin_##name(struct pt_regs *ctx)                                                                \
	{                                                                                                    \
		return begin(ctx, kind);                                                                     \
	}                                                                                                    \
	int end_##name(struct pt_regs *ctx)                                                                  \
	{                                                                                                    \
		return end(ctx, kind);                                                                       \
	}
STAGE(whole, UGC_WHOLE)
STAGE(pool, UGC_POOL)
STAGE(mark, UGC_MARK)
STAGE(sweep, UGC_SWEEP)
