/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for locks of programs: those of futex(), from the call to its return. */
#include <linux/errno.h>

#include "filter.bpf.h"
#include "futexctn.h"
#include "period.bpf.h"
#include "stack_hist.bpf.h"
#include "stacks.bpf.h"
#include "syscall.bpf.h"

const volatile bool all_waits; /* also those that condition variables make */
const volatile u64 only_lock;  /* 0: all */

/* of linux/futex.h */
#define WAIT 0
#define LOCK_PI 6
#define WAIT_BITSET 9
#define WAIT_REQUEUE_PI 11
#define LOCK_PI2 13
#define COMMAND(operation) ((operation) & 0x7f)

struct begun {
	u64 time;
	struct key key;
};
BPF_HASH(begun, u32, struct begun, 65536); /* by thread */
BPF_HASH(waits, struct key, struct stack_hist, 10240);

static inline bool is_wait(u32 command)
{
	if (command == WAIT || command == LOCK_PI || command == LOCK_PI2)
		return true;
	return all_waits && (command == WAIT_BITSET || command == WAIT_REQUEUE_PI);
}

static inline int enter(void *ctx, u64 lock)
{
	u32 thread = bpf_get_current_pid_tgid();
	struct begun b = {};

	if ((only_lock && lock != only_lock) || current_is_unwanted())
		return 0;
	stacks_of_current(ctx, &b.key.stack);
	b.key.lock = lock;
	b.time = bpf_ktime_get_ns();
	if (begun.update(&thread, &b))
		event_missed();
	return 0;
}

/* Waits that a signal interrupts, and calls that had nothing to wait for, do not count. */
static inline int leave(s64 result)
{
	u32 thread = bpf_get_current_pid_tgid();
	struct begun *b = begun.lookup(&thread);
	u64 time;

	if (!b)
		return 0;
	if (result >= 0 || result == -ETIMEDOUT) {
		time = bpf_ktime_get_ns() - b->time;
		b->key.period = period_now();
		stack_hist_add(waits, &b->key, time);
	}
	begun.delete(&thread);
	return 0;
}

SYSCALL_ENTER(futex)
{
	return is_wait(COMMAND(ARGUMENT(1))) ? enter(ctx, ARGUMENT(0)) : 0;
}

SYSCALL_EXIT(futex)
{
	return leave(RESULT);
}

SYSCALL_ENTER(futex_wait)
{
	return enter(ctx, ARGUMENT(0));
}

SYSCALL_EXIT(futex_wait)
{
	return leave(RESULT);
}

/* Several locks; the first one stands for them. */
SYSCALL_ENTER(futex_waitv)
{
	u64 waiter[2] = {}; /* a value, and the address */

	bpf_probe_read_user(waiter, sizeof(waiter), (void *)ARGUMENT(0));
	return enter(ctx, waiter[1]);
}

SYSCALL_EXIT(futex_waitv)
{
	return leave(RESULT);
}

RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u32 thread = bpf_get_current_pid_tgid();

	begun.delete(&thread);
	return 0;
}
