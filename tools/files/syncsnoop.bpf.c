/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that write to disk what is in memory: recorded on entry, reported on return. */
#include "event.bpf.h"
#include "file.bpf.h"
#include "filter.bpf.h"
#include "syncsnoop.h"
#include "syscall.bpf.h"

struct call {
	u64 begin;
	s32 fd;
	u32 unused;
};

BPF_HASH(calls, u64, struct call);

static inline int enter(s32 fd)
{
	struct call call = {.begin = bpf_ktime_get_ns(), .fd = fd};
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && calls.update(&id, &call))
		event_missed();
	return 0;
}

static inline void read_name(struct event *event, s32 fd)
{
	struct file *file = file_of(fd);

	if (file)
		bpf_probe_read_kernel_str(event->file, sizeof(event->file), file->f_path.dentry->d_name.name);
}

static inline int leave(void *ctx, u32 number, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event event = {};

	if (!call)
		return 0;
	event_task(&event.task);
	event.delay = event.task.time - call->begin;
	event.begin = call->begin;
	event.ret = ret;
	event.fd = call->fd;
	event.call = number;
	read_name(&event, call->fd);
	calls.delete(&id);
	event_send(ctx, &event, sizeof(event));
	return 0;
}

#define CALL(name, number, fd)                                                                               \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter(fd);                                                                            \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, number, RESULT);                                                           \
	}

CALL(sync, SYNC, -1)
CALL(fsync, FSYNC, ARGUMENT(0))
CALL(fdatasync, FDATASYNC, ARGUMENT(0))
CALL(msync, MSYNC, -1)
CALL(sync_file_range, SYNC_FILE_RANGE, ARGUMENT(0))
CALL(sync_file_range2, SYNC_FILE_RANGE2, ARGUMENT(0))
CALL(syncfs, SYNCFS, ARGUMENT(0))
