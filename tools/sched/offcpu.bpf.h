/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long threads are off their CPU, by where they left it. A stack can be taken only of the current thread,
 * so that of the target is taken when it leaves the CPU, and that of the waker when it wakes the target.
 *
 *   OFFCPU_WAKER   the waker is a part of the key
 *   OFFCPU_ASLEEP  the time ends when the target is woken, and its own stacks are of no interest
 */
#include "count.bpf.h"
#include "filter.bpf.h"
#include "offcpu.h"
#include "stacks.bpf.h"

#include <linux/sched.h>
#include <linux/version.h>

const volatile u64 min_time = 1000, max_time = ~0ULL; /* nanoseconds */
const volatile bool only_state, only_user_threads, only_kernel_threads;
const volatile u32 state_mask;

BPF_HASH(counts, struct offcpu_key, u64, 40960);

/* Threads that are off their CPU, by their ID. */
struct offcpu_wait {
	u64 since;
	u64 sent; /* a snapshot of the stack */
	struct offcpu_key key;
};
BPF_HASH(waits, u32, struct offcpu_wait, 65536);

#define OFFCPU_DEAD 0x80 /* TASK_DEAD */

static inline u32 offcpu_state(struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return task->__state;
#else
	return task->state;
#endif
}

static inline bool offcpu_is_unwanted(struct task_struct *task)
{
	bool is_kernel = task->flags & PF_KTHREAD;
	u32 state = offcpu_state(task);

	/* idle CPUs, and what never comes back */
	if (!task->pid || state & OFFCPU_DEAD)
		return true;
	if ((only_user_threads && is_kernel) || (only_kernel_threads && !is_kernel))
		return true;
	if (only_state && (state_mask ? !(state & state_mask) : state))
		return true;
	return task_is_unwanted(task);
}

static inline void offcpu_count(struct offcpu_wait *wait, u64 now)
{
	u64 time = now - wait->since;
	bool wanted = time >= min_time && time <= max_time;

#ifdef STACKS_DWARF
	if (wait->sent && stacks_snapshot_weigh(&wait->key.target, wanted ? time : 0))
		return;
#endif
	if (wanted)
		count_add(counts, &wait->key, time);
}

static inline void offcpu_leave(void *ctx, struct task_struct *task, u64 now)
{
	struct offcpu_wait wait = {.since = now};
	u32 tid = task->pid;

	if (offcpu_is_unwanted(task))
		return;
#ifdef OFFCPU_ASLEEP
	bpf_get_current_comm(wait.key.target.comm, sizeof(wait.key.target.comm));
#else
	stacks_of_current(ctx, &wait.key.target);
#ifdef STACKS_DWARF
	wait.sent = stacks_snapshot(&wait.key.target, 0);
#endif
#endif
	if (waits.update(&tid, &wait))
		event_missed();
}

RAW_TRACEPOINT_PROBE(sched_switch)
{
	struct task_struct *previous = (struct task_struct *)ctx->args[1];
	u64 now = bpf_ktime_get_ns();

#ifdef OFFCPU_ASLEEP
	/* what is preempted does not sleep */
	if (ctx->args[0])
		return 0;
#endif
	offcpu_leave(ctx, previous, now);
#ifndef OFFCPU_ASLEEP
	struct task_struct *next = (struct task_struct *)ctx->args[2];
	u32 tid = next->pid;
	struct offcpu_wait *wait = waits.lookup(&tid);

	if (wait) {
		offcpu_count(wait, now);
		waits.delete(&tid);
	}
#endif
	return 0;
}

#ifdef OFFCPU_WAKER
/* In the waker's context; sched_wakeup may come from an interrupt of the target's CPU. */
RAW_TRACEPOINT_PROBE(sched_waking)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u32 tid = task->pid;
	struct offcpu_wait *wait = waits.lookup(&tid);

	if (!wait)
		return 0;
	__builtin_memset(&wait->key.waker, 0, sizeof(wait->key.waker));
	stacks_of_current(ctx, &wait->key.waker);
#ifdef OFFCPU_ASLEEP
	offcpu_count(wait, bpf_ktime_get_ns());
	waits.delete(&tid);
#endif
	return 0;
}
#endif
