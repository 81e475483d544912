/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long runnable tasks wait for a CPU: from their wakeup, or from when they were preempted, until they
 * run.
 */
#include "filter.bpf.h"
#include "hist.bpf.h"

#include <linux/pid_namespace.h>
#include <linux/version.h>

/* a histogram for each of these */
enum { BY_NOTHING, BY_PROCESS, BY_THREAD, BY_PIDNS };

const volatile u32 by;
const volatile u64 unit = 1000; /* nanoseconds in a unit of the histogram */

BPF_HASH(start, u32, u64, 65536);

static inline bool is_unwanted(struct task_struct *task)
{
	/* the idle task never waits */
	return task->pid == 0 || task_is_unwanted(task);
}

static inline int is_running(struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return task->__state == 0;
#else
	return task->state == 0;
#endif
}

static inline u64 section_of(struct task_struct *task)
{
	struct pid *pid;

	switch (by) {
	case BY_PROCESS:
		return task->tgid;
	case BY_THREAD:
		return task->pid;
	case BY_PIDNS:
		pid = task->thread_pid;
		return pid->numbers[pid->level].ns->ns.inum;
	}
	return 0;
}

static inline void can_run(struct task_struct *task)
{
	u64 now = bpf_ktime_get_ns();
	u32 tid = task->pid;

	if (!is_unwanted(task) && start.update(&tid, &now))
		event_missed();
}

static inline void runs(struct task_struct *task)
{
	u64 now = bpf_ktime_get_ns(), *since;
	struct hist_key key = {};
	u32 tid = task->pid;

	if (is_unwanted(task))
		return;
	since = start.lookup(&tid);
	if (!since)
		return; /* it became runnable before tracing began */
	key.section = section_of(task);
	key.slot = bpf_log2l((now - *since) / unit);
	start.delete(&tid);
	hist_add(&key);
}

RAW_TRACEPOINT_PROBE(sched_wakeup)
{
	can_run((struct task_struct *)ctx->args[0]);
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_wakeup_new)
{
	can_run((struct task_struct *)ctx->args[0]);
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_switch)
{
	int preempted = (bool)ctx->args[0];
	struct task_struct *previous = (struct task_struct *)ctx->args[1];
	struct task_struct *next = (struct task_struct *)ctx->args[2];

	/* a task preempted on its way to sleep already has the state of a sleeping one, but is still
	 * runnable */
	if (preempted || is_running(previous))
		can_run(previous);
	runs(next);
	return 0;
}
