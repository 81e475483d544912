/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long runnable tasks wait for a CPU: from their wakeup, or from when they were preempted, until they
 * run. The text that includes this says in runq_waited() what becomes of it.
 */
#include "filter.bpf.h"
#include "missed.bpf.h"

#include <linux/sched.h>
#include <linux/version.h>

BPF_HASH(start, u32, u64, 65536);

/* `next` has waited since `since`, until now. */
static inline void runq_waited(
	void *ctx, struct task_struct *previous, struct task_struct *next, u64 since, u64 now);

static inline bool runq_is_unwanted(struct task_struct *task)
{
	/* the idle task never waits */
	return task->pid == 0 || task_is_unwanted(task);
}

static inline int runq_is_running(struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return task->__state == 0;
#else
	return task->state == 0;
#endif
}

static inline void runq_can_run(struct task_struct *task)
{
	u64 now = bpf_ktime_get_ns();
	u32 tid = task->pid;

	if (!runq_is_unwanted(task) && start.update(&tid, &now))
		event_missed();
}

static inline void runq_runs(void *ctx, struct task_struct *previous, struct task_struct *next)
{
	u64 now = bpf_ktime_get_ns(), *since, begin;
	u32 tid = next->pid;

	if (runq_is_unwanted(next))
		return;
	since = start.lookup(&tid);
	if (!since)
		return; /* it became runnable before tracing began */
	begin = *since;
	start.delete(&tid);
	runq_waited(ctx, previous, next, begin, now);
}

RAW_TRACEPOINT_PROBE(sched_wakeup)
{
	runq_can_run((struct task_struct *)ctx->args[0]);
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_wakeup_new)
{
	runq_can_run((struct task_struct *)ctx->args[0]);
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_switch)
{
	int preempted = (bool)ctx->args[0];
	struct task_struct *previous = (struct task_struct *)ctx->args[1];
	struct task_struct *next = (struct task_struct *)ctx->args[2];

	/* a task preempted on its way to sleep already has the state of a sleeping one, but is still
	 * runnable */
	if (preempted || runq_is_running(previous))
		runq_can_run(previous);
	runq_runs(ctx, previous, next);
	return 0;
}
