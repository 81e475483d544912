/* SPDX-License-Identifier: Apache-2.0 */
/* Each signal at the moment when the kernel sends it; or the system calls, of which this knows the rest. */
#include "killsnoop.bpf.c"

const volatile bool by_calls;

/* enum in trace/events/signal.h */
#define OVERFLOWED 3 /* the sender gets EAGAIN */

static inline s32 result_of(s32 fate, s32 error)
{
	return fate == OVERFLOWED ? -11 /* EAGAIN */ : error;
}

/* What the call that is being made has come to. Of a group, each member gets the signal: none is named. */
static inline void note(struct tracepoint__signal__signal_generate *args)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	if (!call || call->target <= 0 || call->signal != args->sig)
		return;
	call->code = args->code;
	call->fate = args->result;
	bpf_probe_read_kernel_str(call->tcomm, sizeof(call->tcomm), args->comm);
}

TRACEPOINT_PROBE(signal, signal_generate)
{
	struct event event = {.signal = args->sig,
		.target = args->pid,
		.code = args->code,
		.fate = args->result,
		.ret = result_of(args->result, args->errno),
		.call = NO_CALL};

	if (by_calls) {
		note(args);
		return 0;
	}
	if ((only_failed && !event.ret) || !signal_is_wanted(event.signal) ||
		(targets.count && filter_refuses(&targets, event.target)) || current_is_unwanted())
		return 0;
	event_task(&event.task);
	bpf_probe_read_kernel_str(event.tcomm, sizeof(event.tcomm), args->comm);
	event_send(args, &event, sizeof(event));
	return 0;
}
