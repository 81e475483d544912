/* SPDX-License-Identifier: Apache-2.0 */
/* Each new thread. */
#include "event.bpf.h"
#include "pthread.bpf.h"
#include "threadsnoop.h"

/* (struct task_struct *task, unsigned long clone_flags): the current task is the one that makes it. */
RAW_TRACEPOINT_PROBE(task_newtask)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u64 flags = ctx->args[1];
	struct event event = {};

	if (!(flags & PTHREAD_SAME_PROCESS) || current_is_unwanted())
		return 0;
	event_task(&event.task);
	event.process_start = task->group_leader->start_time;
	event.thread = task->pid;
	event.function = pthread_function();
	event_send(ctx, &event, sizeof(event));
	return 0;
}
