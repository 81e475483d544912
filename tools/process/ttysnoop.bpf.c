/* SPDX-License-Identifier: Apache-2.0 */
/* What processes write to a terminal: by the system calls for that, when they have been done. */
#include "ttysnoop.h"
#include "event.bpf.h"
#include "file.bpf.h"
#include "filter.bpf.h"
#include "syscall.bpf.h"

#include <linux/tty.h>
#include <linux/tty_driver.h>

const volatile u32 device;				    /* of the terminal: major number << 20 | minor */
const volatile u64 most = TTYSNOOP_CHUNK * TTYSNOOP_CHUNKS; /* bytes of each write */

/* How far a write has been sent. Kept in a table, so that the verifier need not follow its numbers. */
struct call {
	const char *at;	   /* bytes */
	u64 size;	   /* of them, in this part */
	const void *parts; /* that follow, */
	u64 count;	   /* so many */
	u64 left;	   /* bytes of the whole write that are to be shown */
	u64 missing;	   /* and that are not */
};

BPF_HASH(calls, u64, struct call);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

/* The number of the terminal that a file stands for, whatever the file is called, such as /dev/tty; 0: it is
 * none. */
static inline u32 terminal_of(struct file *file)
{
	struct tty_file_private *private;
	struct tty_driver *driver;
	struct tty_struct *tty;

	private = file ? (struct tty_file_private *)file->private_data : 0;
	/* other files keep other things there */
	if (!private || private->file != file)
		return 0;
	tty = private->tty;
	driver = tty->driver;
	return ((u32)driver->major << 20 | driver->minor_start) + tty->index;
}

static inline int enter(s32 fd, const struct call *call)
{
	u64 id = bpf_get_current_pid_tgid();

	if (terminal_of(file_of(fd)) != device || current_is_unwanted())
		return 0;
	if (calls.update(&id, (struct call *)call))
		event_missed();
	return 0;
}

/* Goes on to the next part. */
static inline int next_part(struct call *call)
{
	struct iovec part = {};

	if (!call->count || bpf_probe_read_user(&part, sizeof(part), call->parts))
		return -1;
	call->parts += sizeof(part);
	call->count--;
	call->at = part.iov_base;
	call->size = part.iov_len;
	return 0;
}

static inline int send(void *ctx, struct event *event, struct call *call)
{
	u64 size = call->size < call->left ? call->size : call->left;

	if (size > TTYSNOOP_CHUNK)
		size = TTYSNOOP_CHUNK;
	if (bpf_probe_read_user(event->data, size, call->at))
		return -1;
	call->at += size;
	call->size -= size;
	call->left -= size;
	event_task(&event->task);
	event->missing = call->left ? 0 : call->missing;
	event->size = size;
	event_send(ctx, event, offsetof(struct event, data) + size);
	return 0;
}

static inline int leave(void *ctx, s64 written)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	u32 zero = 0;
	struct event *event = scratch.lookup(&zero);

	if (!call || !event)
		return 0;
	if (written > 0) {
		call->left = (u64)written < most ? written : most;
		call->missing = written - call->left;
		for (int i = 0; i < TTYSNOOP_STEPS && call->left; i++)
			if (call->size ? send(ctx, event, call) : next_part(call))
				break;
		if (call->left)
			event_missed();
	}
	calls.delete(&id);
	return 0;
}

SYSCALL_ENTER(write)
{
	struct call call = {.at = (const char *)ARGUMENT(1), .size = ARGUMENT(2)};

	return enter(ARGUMENT(0), &call);
}

SYSCALL_EXIT(write)
{
	return leave(ctx, RESULT);
}

SYSCALL_ENTER(writev)
{
	struct call call = {.parts = (const void *)ARGUMENT(1), .count = ARGUMENT(2)};

	return enter(ARGUMENT(0), &call);
}

SYSCALL_EXIT(writev)
{
	return leave(ctx, RESULT);
}
