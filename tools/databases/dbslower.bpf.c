/* SPDX-License-Identifier: Apache-2.0 */
/* Reports queries that take long. */
#define QUERY_TEXT
#include "event.bpf.h"
#include "query.bpf.h"

#ifdef EVENTS_PERF
/* Programs are not interrupted on these kernels. */
BPF_PERCPU_ARRAY(scratch, struct event, 1);
#endif

static inline void query_done(struct pt_regs *ctx, const struct query *query, u64 now)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct query_copy *copy;
	struct event *event;
	long length;

#ifdef EVENTS_PERF
	u32 zero = 0;

	event = scratch.lookup(&zero);
#else
	event = event_reserve(sizeof(*event));
#endif
	if (!event)
		return;
	event_task(&event->task);
	event->begin = query->begin;
	event->delay = now - query->begin;
	copy = query->text ? 0 : copies.lookup(&thread);
	if (copy)
		length = bpf_probe_read_kernel_str(event->text, sizeof(event->text), copy->text);
	else
		length = bpf_probe_read_user_str(event->text, sizeof(event->text), query->text);
	event->length = length > 0 ? length : 0;
#ifdef EVENTS_PERF
	event_send(ctx, event, sizeof(*event));
#else
	event_submit(event);
#endif
}
