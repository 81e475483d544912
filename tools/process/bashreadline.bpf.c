/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that users have typed, as the functions of readline return them. */
#include "bashreadline.h"
#include "event.bpf.h"
#include "filter.bpf.h"

/* threads that are in the function: if two probes are at the same place, because a file was found under two
 * names, just one of them reports its return */
BPF_HASH(calls, u64, u8);

#ifdef EVENTS_PERF
/* Programs are not interrupted on these kernels. */
BPF_PERCPU_ARRAY(scratch, struct event, 1);
#endif

int enter(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u8 yes = 1;

	if (!current_is_unwanted() && calls.update(&id, &yes))
		event_missed();
	return 0;
}

int leave(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	const char *line = (const char *)PT_REGS_RC(ctx);
	struct event *event;
	int length;

	if (!calls.lookup(&id))
		return 0;
	calls.delete(&id);
	/* the end of the input */
	if (!line)
		return 0;
#ifdef EVENTS_PERF
	u32 zero = 0;

	event = scratch.lookup(&zero);
#else
	event = event_reserve(sizeof(*event));
#endif
	if (!event)
		return 0;
	length = bpf_probe_read_user_str(event->line, sizeof(event->line), line);
	if (length < 0) {
		length = 0; /* not known */
	} else if (!length) {
		/* some kernels do not count the NUL of an empty text */
		event->line[0] = '\0';
		length = 1;
	}
	event_task(&event->task);
	event->line_size = length;
#ifdef EVENTS_PERF
	event_send(ctx, event, sizeof(*event));
#else
	event_submit(event);
#endif
	return 0;
}

/* A thread that ends within a call leaves it behind, and its ID may be used again. */
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u64 id = bpf_get_current_pid_tgid();

	calls.delete(&id);
	return 0;
}
