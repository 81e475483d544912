/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long runnable tasks wait for a CPU: from their wakeup, or from when they were preempted, until they
 * run.
 *
 *   FACTOR=N                       nanoseconds in a unit of the histogram
 *   BY_PROCESS BY_THREAD BY_PIDNS  a histogram for each of these
 */
#include <linux/sched.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/version.h>

#if defined(BY_PROCESS) || defined(BY_THREAD) || defined(BY_PIDNS)
struct slot {
	u32 bucket;
	u32 slot;
};
BPF_HISTOGRAM(dist, struct slot, 65536);
#else
BPF_HISTOGRAM(dist);
#endif
BPF_HASH(start, u32, u64, 65536);

static inline int is_unwanted(struct task_struct *task)
{
#ifdef FILTER_PID
	return task->tgid != FILTER_PID;
#else
	return task->pid == 0; /* the idle task never waits */
#endif
}

static inline int is_running(struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return task->__state == 0;
#else
	return task->state == 0;
#endif
}

static inline void can_run(struct task_struct *task)
{
	u64 now = bpf_ktime_get_ns();
	u32 tid = task->pid;

	if (!is_unwanted(task))
		start.update(&tid, &now);
}

static inline void runs(struct task_struct *task)
{
	u64 now = bpf_ktime_get_ns(), *since, waited;
	u32 tid = task->pid;

	if (is_unwanted(task))
		return;
	since = start.lookup(&tid);
	if (!since)
		return; /* it became runnable before tracing began */
	waited = (now - *since) / FACTOR;
	start.delete(&tid);
#if defined(BY_PROCESS) || defined(BY_THREAD) || defined(BY_PIDNS)
	struct slot slot = {};

#if defined(BY_PROCESS)
	slot.bucket = task->tgid;
#elif defined(BY_THREAD)
	slot.bucket = tid;
#else
	struct pid *pid = task->thread_pid;

	slot.bucket = pid->numbers[pid->level].ns->ns.inum;
#endif
	slot.slot = bpf_log2l(waited);
	dist.increment(slot);
#else
	dist.increment(bpf_log2l(waited));
#endif
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
