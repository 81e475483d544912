/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of processes: when the last thread has ended, with the exit code that the parent will see; or the
 * end of each thread.
 */
#include "event.bpf.h"
#include "exitsnoop.h"
#include "filter.bpf.h"

#include <linux/sched/signal.h>

#define GROUP_EXIT 4 /* SIGNAL_GROUP_EXIT: exit_group() was called, or a signal ended all threads */

const volatile bool only_failed;
const volatile bool per_thread;

struct process {
	u64 start;
	u64 pid;
};

/* Processes whose end has been reported. Two threads that end at the same time can both find that nobody is
 * left. */
BPF_TABLE("lru_hash", struct process, u8, reported, 1024);

static inline u32 exit_code(struct task_struct *task)
{
	if (per_thread)
		return task->exit_code;
	if (task->signal->flags & GROUP_EXIT)
		return task->signal->group_exit_code;
	return task->group_leader->exit_code;
}

/* (struct task_struct *p, …) */
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct task_struct *shown = per_thread ? task : task->group_leader;
	u32 code = exit_code(task), left = task->signal->live.counter;
	struct event event = {};
	struct process process = {};
	u8 yes = 1;

	if ((!per_thread && left) || (only_failed && !code) || current_is_unwanted())
		return 0;
	event_task(&event.task);
	if (!per_thread) {
		process.start = shown->start_time;
		process.pid = event.task.pid;
		if (reported.insert(&process, &yes))
			return 0;
		event.task.tid = event.task.pid;
	}
	bpf_probe_read_kernel_str(event.task.comm, sizeof(event.task.comm), shown->comm);
	event_parent(&event.task);
	event.age = event.task.time - shown->start_time;
	event.code = code;
	event.threads = left;
	event_send(ctx, &event, sizeof(event));
	return 0;
}
