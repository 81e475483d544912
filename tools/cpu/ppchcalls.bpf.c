/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the hypervisor on POWER, counted when they return. Between its two tracepoints a call is not
 * interrupted by another one, and stays on its CPU. */
#include "ppchcalls.h"
#include "entry.bpf.h"
#include "filter.bpf.h"
#include "period.bpf.h"

#include <linux/sched.h>

const volatile bool by_process, only_failed, with_latency;
const volatile u64 only_error; /* 0: any */
const volatile bool only_one;
const volatile u64 only_number; /* if only_one */

struct begun {
	u64 number, time;
};

BPF_PERCPU_ARRAY(begun, struct begun, 1);
BPF_HASH(counts, struct ppchcalls_key, struct ppchcalls_value, 10240);

RAW_TRACEPOINT_PROBE(hcall_entry)
{
	u32 zero = 0;
	struct begun *b = begun.lookup(&zero);

	if (b) {
		b->number = ctx->args[0];
		b->time = bpf_ktime_get_ns();
	}
	return 0;
}

/* Other CPUs may do the same. */
static inline void set_least(u64 *least, u64 time)
{
	for (int i = 0; i < 8; i++) {
		u64 old = *least;

		if (time >= old || __sync_val_compare_and_swap(least, old, time) == old)
			return;
	}
	event_missed();
}

static inline void set_most(u64 *most, u64 time)
{
	for (int i = 0; i < 8; i++) {
		u64 old = *most;

		if (time <= old || __sync_val_compare_and_swap(most, old, time) == old)
			return;
	}
	event_missed();
}

static inline void add_time(struct ppchcalls_value *value, u64 time)
{
	__sync_fetch_and_add(&value->time, time);
	set_least(&value->least, time);
	set_most(&value->most, time);
}

RAW_TRACEPOINT_PROBE(hcall_exit)
{
	struct ppchcalls_key key = {.number = ctx->args[0], .period = period_now()};
	struct ppchcalls_value none = {.least = ~0ULL}, *value;
	s64 result = ctx->args[1];
	struct task_struct *task;
	struct begun *b;
	u64 time = 0;
	u32 zero = 0;

	if ((only_one && key.number != only_number) || (only_failed && result >= 0) ||
		(only_error && result != -(s64)only_error) || current_is_unwanted())
		return 0;
	b = begun.lookup(&zero);
	if (with_latency) {
		/* it began before the tool did */
		if (!b || !b->time || b->number != key.number)
			return 0;
		time = bpf_ktime_get_ns() - b->time;
		b->time = 0;
	}
	if (by_process) {
		key.number = bpf_get_current_pid_tgid() >> 32;
		task = (struct task_struct *)bpf_get_current_task();
		bpf_probe_read_kernel_str(none.comm, sizeof(none.comm), task->group_leader->comm);
	}
	value = entry_of(counts, &key, &none);
	if (!value)
		return 0;
	__sync_fetch_and_add(&value->count, 1);
	if (with_latency)
		add_time(value, time);
	return 0;
}
