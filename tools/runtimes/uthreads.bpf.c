/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of a process that begin and end. */
#include "event.bpf.h"
#include "pthread.bpf.h"
#include "usdt_text.bpf.h"
#include "uthreads.h"

/* (struct task_struct *task, unsigned long clone_flags): the current task is the one that makes it. */
RAW_TRACEPOINT_PROBE(task_newtask)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u64 flags = ctx->args[1];
	struct event event = {.kind = UTHREADS_PTHREAD};

	if (!(flags & PTHREAD_SAME_PROCESS) || current_is_unwanted())
		return 0;
	event_task(&event.task);
	event.native_id = task->pid;
	event.function = pthread_function();
	event_send(ctx, &event, sizeof(event));
	return 0;
}

static __noinline int report(struct pt_regs *ctx, u32 kind)
{
	struct event event = {.kind = kind};

	event_task(&event.task);
	usdt_text(ctx, event.name, sizeof(event.name), 1, 2);
	bpf_usdt_readarg(3, ctx, &event.runtime_id);
	bpf_usdt_readarg(4, ctx, &event.native_id);
	event_send(ctx, &event, sizeof(event));
	return 0;
}

int thread_start(struct pt_regs *ctx)
{
	return report(ctx, UTHREADS_START);
}

int thread_stop(struct pt_regs *ctx)
{
	return report(ctx, UTHREADS_STOP);
}
