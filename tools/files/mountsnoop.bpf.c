/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls that mount and unmount: the arguments are saved on entry; on return, when the kernel has just
 * read them too, strings are read and everything is reported as one event.
 */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "mountsnoop.h"
#include "syscall.bpf.h"

/* enum fsconfig_command: those with a string for a value */
#define FSCONFIG_SET_STRING 1
#define FSCONFIG_SET_PATH 3
#define FSCONFIG_SET_PATH_EMPTY 4

struct call {
	u64 begin;
	u64 arguments[ARGUMENTS];
};

BPF_HASH(calls, u64, struct call);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

/* `count`: how many arguments the call has; the kernel allows no look at more. */
static inline int enter(struct trace_event_raw_sys_enter *ctx, int count)
{
	struct call call = {.begin = bpf_ktime_get_ns()};
	u64 id = bpf_get_current_pid_tgid();

	if (current_is_unwanted())
		return 0;
	call.arguments[0] = ARGUMENT(0);
	call.arguments[1] = ARGUMENT(1);
	if (count > 2)
		call.arguments[2] = ARGUMENT(2);
	if (count > 3) {
		call.arguments[3] = ARGUMENT(3);
		call.arguments[4] = ARGUMENT(4);
	}
	if (calls.update(&id, &call))
		event_missed();
	return 0;
}

static inline void add_string(struct event *event, u64 string)
{
	/* volatile: to the verifier, a number that is read back is the same each time, so that it need not
	 * track all sizes */
	volatile u32 *size = &event->size;
	u32 used = *size;
	int length;

	if (used > STRINGS_SIZE)
		return;
	length = bpf_probe_read_user_str(&event->text[used], STRING_SIZE, (const char *)string);
	if (length <= 0) {
		event->text[used] = 0;
		length = 1;
	}
	*size = used + length;
}

static inline u32 strings_of(u32 number, const struct call *call, u32 strings)
{
	u64 command = call->arguments[1];

	if (number == FSCONFIG && command != FSCONFIG_SET_STRING && command != FSCONFIG_SET_PATH &&
		command != FSCONFIG_SET_PATH_EMPTY)
		strings &= ~(1 << 3);
	return strings;
}

static inline void report(void *ctx, const struct call *call, u32 number, u32 strings, long ret)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct event *event;
	int zero = 0;
	u32 size;

	event = scratch.lookup(&zero);
	if (!event)
		return;
	event_task(&event->task);
	event_parent(&event->task);
	bpf_probe_read_kernel_str(event->pcomm, sizeof(event->pcomm), task->real_parent->comm);
	event->delay = event->task.time - call->begin;
	event->mnt_ns = task->nsproxy->mnt_ns->ns.inum;
	event->ret = ret;
	event->call = number;
	event->strings = strings_of(number, call, strings);
	event->size = 0;
	for (int i = 0; i < ARGUMENTS; i++) {
		event->arguments[i] = call->arguments[i];
		if (event->strings & 1 << i)
			add_string(event, call->arguments[i]);
	}
	size = event->size;
	if (size <= sizeof(event->text))
		event_send(ctx, event, offsetof(struct event, text) + size);
}

static inline int leave(void *ctx, u32 number, u32 strings, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	if (!call)
		return 0;
	report(ctx, call, number, strings, ret);
	calls.delete(&id);
	return 0;
}

#define CALL(name, number, count, strings)                                                                   \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter(ctx, count);                                                                    \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, number, strings, RESULT);                                                  \
	}

CALL(mount, MOUNT, 5, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4)
CALL(umount, UMOUNT, 2, 1 << 0)
CALL(fsopen, FSOPEN, 2, 1 << 0)
CALL(fsconfig, FSCONFIG, 5, 1 << 2 | 1 << 3)
CALL(fsmount, FSMOUNT, 3, 0)
CALL(move_mount, MOVE_MOUNT, 5, 1 << 1 | 1 << 3)
CALL(fspick, FSPICK, 3, 1 << 1)
CALL(open_tree, OPEN_TREE, 3, 1 << 1)
CALL(mount_setattr, MOUNT_SETATTR, 5, 1 << 1)
CALL(pivot_root, PIVOT_ROOT, 2, 1 << 0 | 1 << 1)
