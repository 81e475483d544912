/* SPDX-License-Identifier: Apache-2.0 */
/* Calls for System V shared memory: recorded on entry, reported on return. */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "shmsnoop.h"
#include "syscall.bpf.h"

struct call {
	u64 begin;
	u64 arguments[ARGUMENTS];
};

BPF_HASH(calls, u64, struct call);

/* `count`: how many arguments the call has; the kernel allows no look at more. */
static inline int enter(struct trace_event_raw_sys_enter *ctx, int count)
{
	struct call call = {.begin = bpf_ktime_get_ns()};
	u64 id = bpf_get_current_pid_tgid();

	if (current_is_unwanted())
		return 0;
	call.arguments[0] = ARGUMENT(0);
	if (count > 1) {
		call.arguments[1] = ARGUMENT(1);
		call.arguments[2] = ARGUMENT(2);
	}
	if (calls.update(&id, &call))
		event_missed();
	return 0;
}

static inline int leave(void *ctx, u32 number, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event event = {};

	if (!call)
		return 0;
	event_task(&event.task);
	event.ret = ret;
	event.delay = event.task.time - call->begin;
	__builtin_memcpy(event.arguments, call->arguments, sizeof(event.arguments));
	event.call = number;
	calls.delete(&id);
	event_send(ctx, &event, sizeof(event));
	return 0;
}

#define CALL(name, number, count)                                                                            \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter(ctx, count);                                                                    \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, number, RESULT);                                                           \
	}

CALL(shmget, SHMGET, 3)
CALL(shmat, SHMAT, 3)
CALL(shmdt, SHMDT, 1)
CALL(shmctl, SHMCTL, 3)
