/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that send signals. */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "sent.h"
#include "syscall.bpf.h"

const volatile bool only_failed;
const volatile u64 signals = ~0ULL;	  /* bit 1 << (number - 1) of those that are wanted */
const volatile bool other_numbers = true; /* so are numbers that are no signal's, such as 0 */
const volatile struct filter_numbers targets;

struct call {
	s32 target;
	s32 signal;
	s32 code;
	s32 fate;
	char tcomm[16];
};

BPF_HASH(calls, u64, struct call);

static inline bool signal_is_wanted(s32 signal)
{
	/* 0 only asks whether the process exists */
	return signal > 0 && signal <= 64 ? signals >> (signal - 1) & 1 : other_numbers;
}

static inline int enter(s32 target, s32 signal)
{
	struct call call = {.target = target, .signal = signal, .fate = -1};
	u64 id = bpf_get_current_pid_tgid();

	if (!signal_is_wanted(signal) || (targets.count && filter_refuses(&targets, target)) ||
		current_is_unwanted())
		return 0;
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
	if (!only_failed || ret < 0) {
		event_task(&event.task);
		event.ret = ret;
		event.signal = call->signal;
		event.target = call->target;
		event.call = number;
		event.code = call->code;
		event.fate = call->fate;
		__builtin_memcpy(event.tcomm, call->tcomm, sizeof(event.tcomm));
		event_send(ctx, &event, sizeof(event));
	}
	calls.delete(&id);
	return 0;
}

#define CALL(name, number, target_argument, signal_argument)                                                 \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter(ARGUMENT(target_argument), ARGUMENT(signal_argument));                          \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, number, RESULT);                                                           \
	}

CALL(kill, KILL, 0, 1)
CALL(tkill, TKILL, 0, 1)
CALL(tgkill, TGKILL, 1, 2)
CALL(rt_sigqueueinfo, SIGQUEUE, 0, 1)
CALL(rt_tgsigqueueinfo, TGSIGQUEUE, 1, 2)
CALL(pidfd_send_signal, PIDFD_SEND_SIGNAL, 0, 1)
