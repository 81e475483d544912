/* SPDX-License-Identifier: Apache-2.0 */
/* How long tasks stay on a CPU, or off it, as the scheduler switches between them. */
#define HIST_SUM
#include "cpudist.h"
#include "filter.bpf.h"
#include "hist.bpf.h"

#include <linux/sched.h>
#include <linux/version.h>

#define ENDED ((u64) - 1)
#define DEAD 0x80 /* TASK_DEAD */

const volatile bool off_cpu, include_idle, with_sum;
const volatile u32 by;
const volatile u64 unit = 1000; /* nanoseconds in a unit of the histogram */

/* when the task that runs on this CPU got it; 0: not known; ENDED: nothing is counted any more */
BPF_PERCPU_ARRAY(running_since, u64, 1);

/* when a task lost its CPU, by its thread ID; of the idle tasks, which share 0, by the CPU */
BPF_HASH(waiting_since, u32, u64, 65536);

/* what sections are called */
BPF_HASH(names, u32, union name, 65536);

static inline bool is_unwanted(struct task_struct *task)
{
	return (task->pid == 0 && !include_idle) || task_is_unwanted(task);
}

static inline u32 waiting_key(struct task_struct *task)
{
	return task->pid ? task->pid : 0x80000000 | bpf_get_smp_processor_id();
}

/* A task that has run for the last time never comes back. */
static inline bool is_dead(struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return task->__state & DEAD;
#else
	return task->state & DEAD;
#endif
}

static inline void keep_name(struct task_struct *task, u32 id)
{
	union name name = {}, *known = names.lookup(&id);

	bpf_probe_read_kernel_str(name.comm, sizeof(name.comm), task->comm);
	if (known && known->words[0] == name.words[0] && known->words[1] == name.words[1])
		return;
	if (names.update(&id, &name))
		event_missed();
}

static inline void count(struct task_struct *task, u64 time)
{
	struct hist_key key = {};

	if (by == BY_PROCESS) {
		key.section = task->tgid;
		keep_name(task->group_leader, task->tgid);
	} else if (by == BY_THREAD) {
		key.section = task->pid;
		keep_name(task, task->pid);
	}
	key.slot = bpf_log2l(time / unit);
	hist_add(&key);
	if (with_sum)
		hist_sum_add(time);
}

static inline void switch_on(struct task_struct *previous, u64 now)
{
	u32 zero = 0;
	u64 *since = running_since.lookup(&zero);

	if (!since || *since == ENDED)
		return;
	if (*since && !is_unwanted(previous))
		count(previous, now - *since);
	*since = now;
}

static inline void switch_off(struct task_struct *previous, struct task_struct *next, u64 now)
{
	u32 key = waiting_key(previous);
	u64 *since;

	if (!is_dead(previous) && !is_unwanted(previous) && waiting_since.update(&key, &now))
		event_missed();
	if (is_unwanted(next))
		return;
	key = waiting_key(next);
	since = waiting_since.lookup(&key);
	if (!since)
		return; /* it lost its CPU before tracing began */
	count(next, now - *since);
	waiting_since.delete(&key);
}

RAW_TRACEPOINT_PROBE(sched_switch)
{
	struct task_struct *previous = (struct task_struct *)ctx->args[1];
	struct task_struct *next = (struct task_struct *)ctx->args[2];
	u64 now = bpf_ktime_get_ns();

	if (off_cpu)
		switch_off(previous, next, now);
	else
		switch_on(previous, now);
	return 0;
}

/* ---- run on each CPU, beside the task that runs there ---- */

SEC("raw_tracepoint") int begin(struct bpf_raw_tracepoint_args *ctx)
{
	u32 zero = 0;
	u64 *since = running_since.lookup(&zero);

	if (since && !*since)
		*since = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tracepoint") int end(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 now = bpf_ktime_get_ns(), *since;
	u32 zero = 0;

	since = running_since.lookup(&zero);
	if (!since)
		return 0;
	if (*since && *since != ENDED && !is_unwanted(task))
		count(task, now - *since);
	*since = ENDED;
	return 0;
}
