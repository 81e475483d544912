/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which order threads take locks. A lock counts as held from the call on that takes it: of a deadlock, no
 * such call returns. Calls that do not wait for ever cannot be a part of one, but what they take is held.
 */
#include "deadlock.h"
#include "filter.bpf.h"
#include "missed.bpf.h"
#include "stacks.bpf.h"

#define HELD 16	       /* locks of a thread */
#define OWNER_DEAD 130 /* of a robust mutex: it has been taken nevertheless */

struct held {
	u64 lock;
	s64 stack;
};

struct thread {
	u64 count;
	struct held held[HELD];
};

/* megabytes, of which most programs need little */
BPF_F_TABLE("hash", u32, struct thread, threads, 65536, BPF_F_NO_PREALLOC);
BPF_F_TABLE("hash", struct pair, struct edge, edges, 65536, BPF_F_NO_PREALLOC);
BPF_F_TABLE("hash", u32, u64, tries, 65536, BPF_F_NO_PREALLOC); /* the lock that a thread tries to take */
BPF_F_TABLE("hash", u32, struct stack_key, births, 65536, BPF_F_NO_PREALLOC); /* where a thread was made */

const volatile struct thread nothing;

static inline struct thread *this_thread(u32 id)
{
	struct thread *thread = threads.lookup(&id);

	if (thread)
		return thread;
	threads.insert(&id, (struct thread *)&nothing);
	thread = threads.lookup(&id);
	if (!thread)
		event_missed();
	return thread;
}

static inline bool holds(const struct thread *thread, u64 lock)
{
	bool found = false;

	for (u32 i = 0; i < HELD; i++)
		found |= i < thread->count && thread->held[i].lock == lock;
	return found;
}

static inline void hold(struct thread *thread, u64 lock, s64 stack)
{
	u64 count = thread->count;

	if (count >= HELD) {
		event_missed();
		return;
	}
	thread->held[count].lock = lock;
	thread->held[count].stack = stack;
	thread->count = count + 1;
}

static inline void add_edges(const struct thread *thread, u64 lock, const struct stack_key *where)
{
	struct edge edge = {.taken = *where};
	struct pair pair = {.taken = lock};

	for (u32 i = 0; i < HELD; i++) {
		if (i >= thread->count)
			break;
		pair.held = thread->held[i].lock;
		if (edges.lookup(&pair))
			continue;
		edge.held = thread->held[i].stack;
		edges.insert(&pair, &edge);
		if (!edges.lookup(&pair))
			event_missed();
	}
}

int lock(struct pt_regs *ctx)
{
	u64 lock = PT_REGS_PARM1(ctx);
	struct stack_key where = {};
	struct thread *thread;

	if (current_is_unwanted())
		return 0;
	thread = this_thread(bpf_get_current_pid_tgid());
	if (!thread)
		return 0;
	stacks_of_current(ctx, &where);
	/* a recursive lock that is held already is no reason to wait */
	if (!holds(thread, lock))
		add_edges(thread, lock, &where);
	hold(thread, lock, where.user);
	return 0;
}

int try_lock(struct pt_regs *ctx)
{
	u32 id = bpf_get_current_pid_tgid();
	u64 lock = PT_REGS_PARM1(ctx);

	if (!current_is_unwanted() && tries.update(&id, &lock))
		event_missed();
	return 0;
}

int try_lock_returned(struct pt_regs *ctx)
{
	u32 id = bpf_get_current_pid_tgid(), result = PT_REGS_RC(ctx);
	u64 *lock = tries.lookup(&id);
	struct stack_key where = {};
	struct thread *thread;

	if (!lock)
		return 0;
	if (!result || result == OWNER_DEAD) {
		thread = this_thread(id);
		if (thread) {
			stacks_of_current(ctx, &where);
			hold(thread, *lock, where.user);
		}
	}
	tries.delete(&id);
	return 0;
}

/* Of a lock that is held several times, the last one. */
int unlock(struct pt_regs *ctx)
{
	u32 id = bpf_get_current_pid_tgid(), at = HELD;
	struct thread *thread = threads.lookup(&id);
	u64 lock = PT_REGS_PARM1(ctx);

	if (!thread)
		return 0;
	for (u32 i = 0; i < HELD; i++)
		if (i < thread->count && thread->held[i].lock == lock)
			at = i;
	if (at == HELD)
		return 0;
	for (u32 i = 0; i < HELD - 1; i++)
		if (i >= at)
			thread->held[i] = thread->held[i + 1];
	thread->count--;
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_process_fork)
{
	struct task_struct *child = (struct task_struct *)ctx->args[1];
	u32 id = child->pid, process = child->tgid;
	struct stack_key where = {};

	/* of threads only */
	if (process != bpf_get_current_pid_tgid() >> 32 || current_is_unwanted())
		return 0;
	stacks_of_current(ctx, &where);
	if (births.update(&id, &where))
		event_missed();
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u32 id = bpf_get_current_pid_tgid();

	threads.delete(&id);
	tries.delete(&id);
	return 0;
}
