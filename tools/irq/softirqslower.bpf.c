/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Soft interrupts that wait long until they run, or run long. They run on the CPU that raised them, and the
 * same one is not run twice at a time there.
 */
#include "softirqslower.h"
#include "event.bpf.h"

#define SOFTIRQS 32

const volatile u64 least = 10000000; /* nanoseconds */
const volatile u32 only_cpu = 0xffffffff;

struct softirq {
	u64 raised, began; /* 0: it is not */
};
BPF_PERCPU_ARRAY(softirqs, struct softirq, SOFTIRQS);

static inline struct softirq *softirq_of(u32 number)
{
	if (only_cpu != 0xffffffff && bpf_get_smp_processor_id() != only_cpu)
		return 0;
	return softirqs.lookup(&number);
}

static inline void report(void *ctx, u32 number, enum stage stage, u64 begin, u64 now)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event event = {
		.time = now,
		.delay = now - begin,
		.number = number,
		.stage = stage,
		.cpu = bpf_get_smp_processor_id(),
		.pid = id >> 32,
		.tid = id,
	};

	if (event.delay < least)
		return;
	bpf_get_current_comm(event.comm, sizeof(event.comm));
	event_send(ctx, &event, sizeof(event));
}

RAW_TRACEPOINT_PROBE(softirq_raise)
{
	struct softirq *softirq = softirq_of(ctx->args[0]);

	/* it can be raised several times before it runs */
	if (softirq && !softirq->raised)
		softirq->raised = bpf_ktime_get_ns();
	return 0;
}

RAW_TRACEPOINT_PROBE(softirq_entry)
{
	struct softirq *softirq = softirq_of(ctx->args[0]);
	u64 now = bpf_ktime_get_ns(), raised;

	if (!softirq)
		return 0;
	raised = softirq->raised;
	softirq->raised = 0;
	softirq->began = now;
	if (raised)
		report(ctx, ctx->args[0], STAGE_WAITED, raised, now);
	return 0;
}

RAW_TRACEPOINT_PROBE(softirq_exit)
{
	struct softirq *softirq = softirq_of(ctx->args[0]);
	u64 began;

	if (!softirq || !softirq->began)
		return 0;
	began = softirq->began;
	softirq->began = 0;
	report(ctx, ctx->args[0], STAGE_RAN, began, bpf_ktime_get_ns());
	return 0;
}
