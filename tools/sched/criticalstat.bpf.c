/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of the kernel's code in which a CPU takes no interrupts, or does not change to another task. Those
 * in which it is idle are none. */
#include "criticalstat.h"
#include "event.bpf.h"
#include "filter.bpf.h"

const volatile u64 least = 100000; /* nanoseconds */

struct section {
	u64 since; /* 0: there is none */
	u64 begin, begin_caller;
	u64 idle;
};
BPF_PERCPU_ARRAY(sections, struct section, 1);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static inline int begin(u64 at, u64 caller)
{
	u32 zero = 0;
	struct section *section = sections.lookup(&zero);

	if (!section || section->idle)
		return 0;
	section->begin = at;
	section->begin_caller = caller;
	section->since = bpf_ktime_get_ns();
	return 0;
}

static inline int end(void *ctx, u64 at, u64 caller)
{
	u64 now = bpf_ktime_get_ns(), since;
	u32 zero = 0;
	struct section *section = sections.lookup(&zero);
	struct event *event = scratch.lookup(&zero);
	long size;

	if (!section || !event)
		return 0;
	since = section->since;
	section->since = 0;
	if (!since || section->idle || now - since < least || current_is_unwanted())
		return 0;
	event_task(&event->task);
	event->delay = now - since;
	event->places.begin = section->begin;
	event->places.begin_caller = section->begin_caller;
	event->places.end = at;
	event->places.end_caller = caller;
	event->cpu = bpf_get_smp_processor_id();
	size = bpf_get_stack(ctx, event->stack, sizeof(event->stack), 0);
	if (size < 0)
		size = 0;
	event->frames = size / sizeof(event->stack[0]);
	event_send(ctx, event, offsetof(struct event, stack) + size);
	return 0;
}

RAW_TRACEPOINT_PROBE(irq_disable)
{
	return begin(ctx->args[0], ctx->args[1]);
}

RAW_TRACEPOINT_PROBE(irq_enable)
{
	return end(ctx, ctx->args[0], ctx->args[1]);
}

RAW_TRACEPOINT_PROBE(preempt_disable)
{
	return begin(ctx->args[0], ctx->args[1]);
}

RAW_TRACEPOINT_PROBE(preempt_enable)
{
	return end(ctx, ctx->args[0], ctx->args[1]);
}

/* (state, CPU); a state of -1 is none */
RAW_TRACEPOINT_PROBE(cpu_idle)
{
	u32 zero = 0;
	struct section *section = sections.lookup(&zero);

	if (!section)
		return 0;
	section->idle = (u32)ctx->args[0] != (u32)-1;
	section->since = 0;
	return 0;
}
