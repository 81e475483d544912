/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the kernel waits for its mutexes and semaphores, and how long it holds them, by where they are
 * taken.
 *
 * A thread waits for one lock at a time. Only the thread that has taken a lock can end the time that it holds
 * it: if a release has not been seen, that of another thread, which nobody has asked about, is not taken for
 * it.
 */
#include "klockstat.h"
#include "entry.bpf.h"
#include "filter.bpf.h"
#include "period.bpf.h"
#include "raise.bpf.h"
#include "stacks.bpf.h"

const volatile bool per_thread;
const volatile u64 only_lock; /* its address; 0: all */

/* of include/trace/events/lock.h */
#define CONTENTION_SPIN 1
#define CONTENTION_MUTEX 32

struct taker {
	u64 since;
	u64 lock;
	s64 stack;
	char comm[16];
};

struct holder {
	u64 lock;
	u32 tid;
	u32 unused;
};

struct time {
	u64 count, total, longest;
};

BPF_HASH(waits, u32, struct taker, 65536); /* by thread */
BPF_HASH(holds, struct holder, struct taker, 65536);
BPF_HASH(times, struct key, struct time, 65536);

static inline u32 this_thread(void)
{
	return bpf_get_current_pid_tgid();
}

static __noinline int count(struct taker *taker, u32 kind, u64 now)
{
	struct key key = {.stack = taker->stack, .kind = kind, .period = period_now()};
	u64 duration = now - taker->since;
	struct time none = {}, *t;

	if (per_thread) {
		key.tid = this_thread();
		__builtin_memcpy(key.comm, taker->comm, sizeof(key.comm));
	}
	t = entry_of(times, &key, &none);
	if (!t)
		return 0;
	__sync_fetch_and_add(&t->count, 1);
	__sync_fetch_and_add(&t->total, duration);
	raise(&t->longest, duration);
	return 0;
}

static __noinline int begin(void *ctx, u64 lock)
{
	struct taker taker = {.lock = lock};
	u32 tid = this_thread();

	if ((only_lock && lock != only_lock) || current_is_unwanted())
		return 0;
	if (per_thread) {
		bpf_get_current_comm(taker.comm, sizeof(taker.comm));
	} else {
		struct stack_key where = {};

		stacks_of_current(ctx, &where);
		taker.stack = where.kernel;
	}
	taker.since = bpf_ktime_get_ns();
	if (waits.update(&tid, &taker))
		event_missed();
	return 0;
}

static __noinline int end(bool taken, bool is_held)
{
	u64 now = bpf_ktime_get_ns();
	u32 tid = this_thread();
	struct taker *waiter = waits.lookup(&tid), taker;
	struct holder holder = {.tid = tid};

	if (!waiter)
		return 0;
	taker = *waiter;
	waits.delete(&tid);
	if (!taken)
		return 0;
	count(&taker, KLOCKSTAT_WAIT, now);
	if (!is_held)
		return 0;
	holder.lock = taker.lock;
	taker.since = now;
	if (holds.update(&holder, &taker))
		event_missed();
	return 0;
}

static __noinline int release(u64 lock)
{
	struct holder holder = {.lock = lock, .tid = this_thread()};
	struct taker *taker = holds.lookup(&holder);

	if (!taker)
		return 0;
	count(taker, KLOCKSTAT_HOLD, bpf_ktime_get_ns());
	holds.delete(&holder);
	return 0;
}

/* ---- functions ---- */

#define LOCK_BEGIN(name)                                                                                     \
	KFUNC_PROBE(name, void *lock)                                                                        \
	{                                                                                                    \
		return begin(ctx, (u64)lock);                                                                \
	}                                                                                                    \
	int kprobe__##name(struct pt_regs *ctx)                                                              \
	{                                                                                                    \
		return begin(ctx, PT_REGS_PARM1(ctx));                                                       \
	}

/* It always takes the lock. */
#define LOCK(name)                                                                                           \
	LOCK_BEGIN(name)                                                                                     \
	KRETFUNC_PROBE(name, void *lock)                                                                     \
	{                                                                                                    \
		return end(true, true);                                                                      \
	}                                                                                                    \
	int kretprobe__##name(struct pt_regs *ctx)                                                           \
	{                                                                                                    \
		return end(true, true);                                                                      \
	}

/* It returns `success`, or comes back without the lock. */
#define LOCK_OR_NOT(name, success)                                                                           \
	LOCK_BEGIN(name)                                                                                     \
	KRETFUNC_PROBE(name, void *lock, int ret)                                                            \
	{                                                                                                    \
		return end(ret == (success), true);                                                          \
	}                                                                                                    \
	int kretprobe__##name(struct pt_regs *ctx)                                                           \
	{                                                                                                    \
		return end((int)PT_REGS_RC(ctx) == (success), true);                                         \
	}

#define UNLOCK(name)                                                                                         \
	KFUNC_PROBE(name, void *lock)                                                                        \
	{                                                                                                    \
		return release((u64)lock);                                                                   \
	}                                                                                                    \
	int kprobe__##name(struct pt_regs *ctx)                                                              \
	{                                                                                                    \
		return release(PT_REGS_PARM1(ctx));                                                          \
	}

/* first, as they are attached in this order: what is seen to be taken is seen to be released */
UNLOCK(mutex_unlock)
UNLOCK(up_write)
UNLOCK(up_read)
LOCK(mutex_lock)
LOCK_OR_NOT(mutex_lock_interruptible, 0)
LOCK_OR_NOT(mutex_lock_killable, 0)
LOCK_OR_NOT(mutex_trylock, 1)
LOCK(down_write)
LOCK_OR_NOT(down_write_killable, 0)
LOCK_OR_NOT(down_write_trylock, 1)
LOCK(down_read)
LOCK_OR_NOT(down_read_interruptible, 0)
LOCK_OR_NOT(down_read_killable, 0)
LOCK_OR_NOT(down_read_trylock, 1)

/* ---- tracepoints, Linux 5.19: only locks that are waited for ---- */

RAW_TRACEPOINT_PROBE(contention_begin)
{
	u64 lock = ctx->args[0];
	u32 flags = ctx->args[1], tid = this_thread();
	struct taker *waiter;

	/* a spinlock; a mutex is spun on before its thread sleeps */
	if (flags & CONTENTION_SPIN && !(flags & CONTENTION_MUTEX))
		return 0;
	/* spinning and sleeping are one wait, which ends once */
	waiter = waits.lookup(&tid);
	if (waiter && waiter->lock == lock)
		return 0;
	return begin(ctx, lock);
}

RAW_TRACEPOINT_PROBE(contention_end)
{
	u32 tid = this_thread();
	struct taker *waiter = waits.lookup(&tid);

	if (!waiter || waiter->lock != ctx->args[0])
		return 0;
	return end(!(int)ctx->args[1], false);
}
