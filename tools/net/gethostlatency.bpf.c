/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of C libraries that look up names of hosts. */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "gethostlatency.h"

const volatile bool only_failed;

struct call {
	u64 begin;
	u64 stack; /* pointer at the entry */
	const char *host;
	void **result; /* of functions that return by a pointer whether they have found it */
	u32 function;
};

BPF_HASH(calls, u64, struct call);

static inline int enter(struct pt_regs *ctx, u32 function, const char *host, void **result)
{
	struct call call = {.begin = bpf_ktime_get_ns(),
		.stack = PT_REGS_SP(ctx),
		.host = host,
		.result = result,
		.function = function};
	u64 id = bpf_get_current_pid_tgid();
	struct call *outer;

	if (!host || current_is_unwanted())
		return 0;
	/* libraries make some of these functions of others; one that was left by longjmp() is not around any
	 * more */
	outer = calls.lookup(&id);
	if (outer && outer->function != function && outer->stack > call.stack)
		return 0;
	if (calls.update(&id, &call))
		event_missed();
	return 0;
}

static inline s32 error_of(struct call *call, unsigned long value)
{
	void *found = 0;

	switch (call->function) {
	case GETADDRINFO:
		return value;
	case GETHOSTBYNAME:
	case GETHOSTBYNAME2:
		return !value;
	}
	bpf_probe_read_user(&found, sizeof(found), call->result);
	return (int)value || !found;
}

int leave(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event event = {};

	/* of a call within this one, the stack is still below */
	if (!call || PT_REGS_SP(ctx) < call->stack)
		return 0;
	event.error = error_of(call, PT_REGS_RC(ctx));
	if (!only_failed || event.error) {
		event_task(&event.task);
		event.delay = event.task.time - call->begin;
		event.function = call->function;
		bpf_probe_read_user_str(event.host, sizeof(event.host), call->host);
		event_send(ctx, &event, sizeof(event));
	}
	calls.delete(&id);
	return 0;
}

#define FUNCTION(name, number, result)                                                                       \
	int enter_##name(struct pt_regs *ctx)                                                                \
	{                                                                                                    \
		return enter(ctx, number, (const char *)PT_REGS_PARM1(ctx), (void **)(result));              \
	}

FUNCTION(getaddrinfo, GETADDRINFO, 0)
FUNCTION(gethostbyname, GETHOSTBYNAME, 0)
FUNCTION(gethostbyname2, GETHOSTBYNAME2, 0)
FUNCTION(gethostbyname_r, GETHOSTBYNAME_R, PT_REGS_PARM5(ctx))
FUNCTION(gethostbyname2_r, GETHOSTBYNAME2_R, PT_REGS_PARM6(ctx))

/* A thread that ends within a call leaves it behind, and its ID may be used again. */
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u64 id = bpf_get_current_pid_tgid();

	calls.delete(&id);
	return 0;
}
