/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of methods, and of the system, counted when they begin, or with their times when they end. A thread's
 * methods that have begun are a stack, so that each return finds the call that it is of.
 */
#include "begun.bpf.h"
#include "entry.bpf.h"
#include "filter.bpf.h"
#include "method.bpf.h"
#include "ucalls.h"

const volatile bool with_latency;

struct started {
	u64 thread, depth;
};

struct system_call {
	u64 number, begin;
};

BPF_F_TABLE("hash", struct call_key, struct call_value, counts, 65536, BPF_F_NO_PREALLOC);
BEGUN_TABLE(u64, u64, depths, 16384);
BEGUN_TABLE(struct started, u64, starts, 65536);
BEGUN_TABLE(u64, struct system_call, system_calls, 16384);

static __noinline int count(struct call_key *key, u64 time)
{
	struct call_value none = {}, *value = entry_of(counts, key, &none);

	if (!value)
		return 0;
	__sync_fetch_and_add(&value->count, 1);
	__sync_fetch_and_add(&value->time, time);
	return 0;
}

static __noinline int push(void)
{
	struct started at = {.thread = bpf_get_current_pid_tgid()};
	u64 *depth = depths.lookup(&at.thread), now = bpf_ktime_get_ns(), next;

	at.depth = depth ? *depth : 0;
	next = at.depth + 1;
	begun_put(starts, &at, &now);
	if (depth)
		*depth = next;
	else
		begun_put(depths, &at.thread, &next);
	return 0;
}

/* When the method began that now ends; 0: not known. */
static __noinline u64 pop(void)
{
	struct started at = {.thread = bpf_get_current_pid_tgid()};
	u64 *depth = depths.lookup(&at.thread), *start, begin;

	if (!depth || !*depth)
		return 0;
	at.depth = --*depth;
	start = starts.lookup(&at);
	if (!start) {
		event_missed();
		return 0;
	}
	begin = *start;
	begun_take(starts, &at);
	return begin;
}

int method_begin(struct pt_regs *ctx)
{
	struct call_key key = {};

	if (with_latency)
		return push();
	method_read(ctx, &key.method);
	return count(&key, 0);
}

int method_end(struct pt_regs *ctx)
{
	u64 begin = pop(), now = bpf_ktime_get_ns();
	struct call_key key = {};

	if (!begin)
		return 0;
	method_read(ctx, &key.method);
	return count(&key, now - begin);
}

/* (struct pt_regs *regs, long id) */
RAW_TRACEPOINT_PROBE(sys_enter)
{
	struct system_call call = {.number = (u32)ctx->args[1]};
	struct call_key key = {};
	u64 id = bpf_get_current_pid_tgid();

	if (current_is_unwanted())
		return 0;
	if (!with_latency) {
		key.system_call = call.number + 1;
		return count(&key, 0);
	}
	call.begin = bpf_ktime_get_ns();
	begun_put(system_calls, &id, &call);
	return 0;
}

RAW_TRACEPOINT_PROBE(sys_exit)
{
	u64 id = bpf_get_current_pid_tgid(), begin;
	struct system_call *call = system_calls.lookup(&id);
	struct call_key key = {};

	if (!call)
		return 0;
	key.system_call = call->number + 1;
	begin = call->begin;
	begun_take(system_calls, &id);
	return count(&key, bpf_ktime_get_ns() - begin);
}
