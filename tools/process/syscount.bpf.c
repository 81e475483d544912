/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls, counted when they are made: some never return. Only if it matters what they return, they are
 * counted then. What is under way is kept for each thread: on return the number may be gone (sigreturn).
 *
 *   FORGET_QUIET  counts that have not changed for long make room for others
 */
#include "syscount.h"
#include "begun.bpf.h"
#include "entry.bpf.h"
#include "filter.bpf.h"

#include <linux/ptrace.h>
#include <linux/sched.h>

const volatile bool by_process, only_failed, with_latency, with_errors;
const volatile u32 only_errno;			 /* 0: any */
const volatile u32 call_exit, call_exit_group;	 /* do not return */
const volatile struct filter_numbers only_calls; /* by number */

struct under_way {
	u64 begin;
	struct syscount_key key;
};

#ifdef FORGET_QUIET
BPF_TABLE("lru_hash", struct syscount_key, struct syscount_value, counts, 16384);
#else
BPF_HASH(counts, struct syscount_key, struct syscount_value, 16384);
#endif
BEGUN_TABLE(u64, struct under_way, calls, 65536);

/* A program of 32 bits on a kernel of 64. */
static inline bool is_of_32_bits(void)
{
#ifdef __x86_64__
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return task->thread_info.status & 2; /* TS_COMPAT */
#else
	return false;
#endif
}

static inline struct syscount_value *value_of(struct syscount_key *key)
{
	struct syscount_value *value, none = {};
	struct task_struct *task;

	value = entry_of(counts, key, &none);
	if (!value)
		return 0;
	if (by_process) {
		task = (struct task_struct *)bpf_get_current_task();
		bpf_probe_read_kernel_str(value->comm, sizeof(value->comm), task->group_leader->comm);
	}
	return value;
}

static inline bool is_unwanted(u32 number, u32 of_32_bits)
{
	if (only_calls.count && (of_32_bits || filter_refuses(&only_calls, number)))
		return true;
	return current_is_unwanted();
}

RAW_TRACEPOINT_PROBE(sys_enter)
{
	struct syscount_key key = {.number = ctx->args[1], .of_32_bits = is_of_32_bits()};
	bool returns = key.of_32_bits || (key.number != call_exit && key.number != call_exit_group);
	u64 id = bpf_get_current_pid_tgid();

	if (is_unwanted(key.number, key.of_32_bits))
		return 0;
	if (by_process) {
		key.number = id >> 32;
		key.of_32_bits = 0;
	}
	if (!only_failed && !only_errno) {
		struct syscount_value *value = value_of(&key);

		if (value)
			__sync_fetch_and_add(&value->count, 1);
	}
	if (returns && (only_failed || only_errno || with_latency || with_errors)) {
		struct under_way call = {.begin = bpf_ktime_get_ns(), .key = key};

		begun_put(calls, &id, &call);
	}
	return 0;
}

RAW_TRACEPOINT_PROBE(sys_exit)
{
	u64 id = bpf_get_current_pid_tgid(), time;
	struct under_way *call = calls.lookup(&id);
	struct syscount_value *value;
	struct syscount_key key;
	s64 ret = ctx->args[1];
	bool failed, wanted;

	if (!call)
		return 0;
	key = call->key;
	time = bpf_ktime_get_ns() - call->begin;
	begun_take(calls, &id);
	/* others are addresses */
	failed = ret < 0 && ret >= -4095;
	wanted = failed && (!only_errno || ret == -(s64)only_errno);
	if ((only_failed || only_errno) && !wanted)
		return 0;
	if (!with_latency && !wanted)
		return 0;
	value = value_of(&key);
	if (!value)
		return 0;
	if (only_failed || only_errno)
		__sync_fetch_and_add(&value->count, 1);
	if (with_latency)
		__sync_fetch_and_add(&value->time, time);
	if (failed)
		__sync_fetch_and_add(&value->errors, 1);
	return 0;
}
