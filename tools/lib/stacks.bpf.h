/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks to count by: each is kept once, and a number stands for it in keys (stack_key.h).
 *
 * The kernel's own tables of stacks (BPF_STACK_TRACE) lose one whenever two fall into the same bucket, long
 * before they are full. Here the stack is read into memory of the CPU, and kept in a hash table by 64 bits
 * that are made of it. What is missing nevertheless is counted by its cause.
 *
 * A process is reported when it is first seen and a few times later, so that the tool has looked at what it
 * has mapped before it ends.
 */
#include "missed.bpf.h"
#include "stack_key.h"

#ifdef STACKS_DWARF
#include "stack_snapshot.h"
#endif

#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/version.h>

const volatile bool stacks_no_user, stacks_no_kernel;

u64 stacks_missed[STACK_MISSES];

/* Preallocated, since perf events come in contexts in which nothing can be allocated. */
BPF_HASH(stacks, u64, struct stack_record, 16384);

/* A program may be interrupted by another one, or, with uprobes, make way for another thread. */
#define STACKS_NESTED 4
struct stacks_scratch {
	struct stack_record records[STACKS_NESTED];
	u32 used[STACKS_NESTED];
	u32 zero; /* which the verifier does not know */
};
BPF_PERCPU_ARRAY(stacks_scratch, struct stacks_scratch, 1);

/* When the tool is to look at a process again, in nanoseconds. */
struct stacks_looks {
	u64 due, pause;
};
/* one that is forgotten is looked at once more */
BPF_TABLE("lru_hash", struct stack_owner, struct stacks_looks, stacks_owners, 16384);
#ifdef EVENTS_PERF
BPF_PERF_OUTPUT(stacks_seen_owners);
#else
BPF_RINGBUF_OUTPUT(stacks_seen_owners, 16);
#endif

static inline s64 stacks_miss(enum stack_miss why, s64 error)
{
	__sync_fetch_and_add(&stacks_missed[why], 1);
	return error;
}

/* The number of a stack that has been read, which is kept if it is new. */
static __noinline s64 stacks_keep(struct stack_record *record)
{
	struct stack_record *known;
	s64 hash = stack_hash(record);

	known = stacks.lookup(&hash);
	if (!known) {
		stacks.insert(&hash, record);
		/* perhaps by another CPU */
		known = stacks.lookup(&hash);
	}
	if (!known)
		return stacks_miss(STACK_MISS_FULL, -ENOMEM);
	if (known->check != record->check)
		return stacks_miss(STACK_MISS_COLLISION, -EEXIST);
	return hash;
}

static inline s64 stacks_read(void *ctx, struct stack_record *record, u64 flags)
{
	long size = bpf_get_stack(ctx, record->frames, sizeof(record->frames), flags);

	/* a CPU that runs a program of a process has no stack in the kernel */
	if (!(flags & BPF_F_USER_STACK) && (size == 0 || size == -EFAULT))
		return 0;
	if (size <= 0)
		return stacks_miss(STACK_MISS_UNREADABLE, -EFAULT);
	record->count = size / sizeof(u64);
	return stacks_keep(record);
}

/* Whether it was free and now is taken. Where programs make way for another thread, that can happen between
 * looking and taking; older kernels have no instruction for both. */
static inline bool stacks_claim(u32 *used)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
	return !__sync_lock_test_and_set(used, 1);
#else
	if (*(volatile u32 *)used)
		return false;
	*(volatile u32 *)used = 1;
	return true;
#endif
}

static inline s64 stacks_take(void *ctx, u64 flags)
{
	u32 zero = 0, i = 0;
	struct stacks_scratch *scratch = stacks_scratch.lookup(&zero);
	s64 number;

	if (!scratch)
		return 0;
#pragma unroll
	for (; i < STACKS_NESTED; i++)
		if (stacks_claim(&scratch->used[i]))
			break;
	if (i == STACKS_NESTED)
		return stacks_miss(STACK_MISS_BUSY, -EBUSY);
	/* of a number that is not known the verifier follows the rest once, not for each that it can be */
	i = (i + *(volatile u32 *)&scratch->zero) % STACKS_NESTED;
	number = stacks_read(ctx, &scratch->records[i], flags);
	*(volatile u32 *)&scratch->used[i] = 0;
	return number;
}

/* The later, the less often: a process maps most of its files when it begins. */
static inline void stacks_see_owner(void *ctx, struct stack_owner *owner)
{
	struct stacks_looks first = {}, *looks = stacks_owners.lookup(owner);
	u64 now = bpf_ktime_get_ns();

	if (!looks) {
		if (stacks_owners.insert(owner, &first))
			return;
		looks = stacks_owners.lookup(owner);
	}
	if (!looks || now < looks->due)
		return;
	looks->pause = looks->pause ? 4 * looks->pause : 250000;
	looks->due = now + looks->pause;
#ifdef EVENTS_PERF
	stacks_seen_owners.perf_submit(ctx, owner, sizeof(*owner));
#else
	stacks_seen_owners.ringbuf_output(owner, sizeof(*owner), 0);
#endif
}

/* Fills in where the current thread is; `ctx` is the program's context. The key is all zero before. */
static inline void stacks_of_current(void *ctx, struct stack_key *key)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 id = bpf_get_current_pid_tgid();

	key->pid = id >> 32;
	key->tid = id;
	bpf_get_current_comm(key->comm, sizeof(key->comm));
	if (!stacks_no_kernel)
		key->kernel = stacks_take(ctx, 0);
	if (stacks_no_user || !task->mm)
		return;
	key->owner.start = task->group_leader->start_time;
	key->owner.pid = key->pid;
	key->owner.exec = task->self_exec_id;
#ifndef STACKS_DWARF
	key->user = stacks_take(ctx, BPF_F_USER_STACK);
#endif
	stacks_see_owner(ctx, &key->owner);
}

#ifdef STACKS_DWARF
BPF_RINGBUF_OUTPUT(stacks_snapshots, 4096);

/* Sends what the frames of the current thread's program can be made of, after stacks_of_current(). If the
 * weight is 0, it is sent later. Returns whether that was done; if not, the key is counted as it is. */
static inline bool stacks_snapshot(struct stack_key *key, u64 weight)
{
	struct stack_snapshot *s;

	if (!key->owner.pid)
		return false;
	s = stacks_snapshots.ringbuf_reserve(sizeof(*s));
	if (!s) {
		key->user = stacks_miss(STACK_MISS_UNSENT, -ENOSPC);
		return false;
	}
	__builtin_memcpy(&s->key, key, sizeof(s->key));
	s->weight = weight;
	s->pages = 0;
	__builtin_memset(s->registers, 0, sizeof(s->registers));
	/* of the entry into the kernel: an interrupt or a system call */
	bpf_probe_read_kernel(s->registers, STACKS_REGISTERS * sizeof(u64),
		(void *)bpf_task_pt_regs(bpf_get_current_task_btf()));
	s->stack = s->registers[STACKS_POINTER] & -(u64)SNAPSHOT_PAGE;
#pragma unroll
	for (int i = 0; i < STACKS_DWARF; i++) {
		if (bpf_probe_read_user(s->bytes[i], SNAPSHOT_PAGE, (void *)(s->stack + i * SNAPSHOT_PAGE)))
			break;
		s->pages = i + 1;
	}
	stacks_snapshots.ringbuf_submit(s, 0);
	return true;
}

/* Says what the last snapshot of a thread weighs. Returns whether that was done; if not, and it weighs
 * something, the key is counted as it is. */
static inline bool stacks_snapshot_weigh(struct stack_key *key, u64 weight)
{
	struct stack_snapshot_end end = {.tid = key->tid, .weight = weight};

	if (!stacks_snapshots.ringbuf_output(&end, sizeof(end), 0))
		return true;
	if (weight)
		key->user = stacks_miss(STACK_MISS_UNSENT, -ENOSPC);
	return false;
}
#endif
