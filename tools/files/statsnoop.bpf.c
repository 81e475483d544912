/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the stat family that take a path: recorded on entry, reported on return, when the kernel has
 * just read the path, so that its page is certainly in memory. */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "statsnoop.h"
#include "syscall.bpf.h"

const volatile bool only_failed;

BPF_HASH(calls, u64, const char *);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static inline int enter(const char *path)
{
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && calls.update(&id, &path))
		event_missed();
	return 0;
}

static inline void report(void *ctx, const char *path, u32 call, int ret)
{
	struct event *event;
	int zero = 0, length;

	event = scratch.lookup(&zero);
	if (!event)
		return;
	event_task(&event->task);
	event->ret = ret;
	event->call = call;
	length = bpf_probe_read_user_str(event->path, sizeof(event->path), path);
	if (length <= 0) {
		event->path[0] = 0;
		length = 1;
	}
	event->size = length;
	if ((u32)length <= sizeof(event->path))
		event_send(ctx, event, offsetof(struct event, path) + length);
}

static inline int leave(void *ctx, u32 call, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	const char **path = calls.lookup(&id);

	if (!path)
		return 0;
	if (!only_failed || ret < 0)
		report(ctx, *path, call, ret);
	calls.delete(&id);
	return 0;
}

#define CALL(name, number, path_argument)                                                                    \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter((const char *)ARGUMENT(path_argument));                                         \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, number, RESULT);                                                           \
	}

CALL(newstat, STAT, 0)
CALL(newlstat, LSTAT, 0)
CALL(newfstatat, FSTATAT, 1)
CALL(statx, STATX, 1)
CALL(statfs, STATFS, 0)
