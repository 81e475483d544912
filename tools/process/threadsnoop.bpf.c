/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each new thread. pthread_create(), where it is traced, knows the function that it is to run; the thread
 * that the kernel makes within this call is the one.
 */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "threadsnoop.h"

#define SAME_PROCESS 0x10000 /* CLONE_THREAD */

BPF_HASH(functions, u64, u64); /* by thread that is in pthread_create() */

/* (pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *), void *argument) */
int enter_pthread_create(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid(), function = PT_REGS_PARM3(ctx);

	if (!current_is_unwanted() && functions.update(&id, &function))
		event_missed();
	return 0;
}

/* It may have failed before there was a thread. */
int leave_pthread_create(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();

	functions.delete(&id);
	return 0;
}

/* (struct task_struct *task, unsigned long clone_flags): the current task is the one that makes it. */
RAW_TRACEPOINT_PROBE(task_newtask)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u64 flags = ctx->args[1], id = bpf_get_current_pid_tgid(), *function;
	struct event event = {};

	if (!(flags & SAME_PROCESS) || current_is_unwanted())
		return 0;
	event_task(&event.task);
	event.process_start = task->group_leader->start_time;
	event.thread = task->pid;
	function = functions.lookup(&id);
	if (function)
		event.function = *function;
	event_send(ctx, &event, sizeof(event));
	return 0;
}
