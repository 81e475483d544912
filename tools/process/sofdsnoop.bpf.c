/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors that a process sends or has received over a Unix socket. When the call returns, they are read
 * from its control messages, and what they stand for from the process's descriptors.
 *
 * A message can hold 253 of them. The verifier follows each round of a loop, and a descriptor takes it
 * milliseconds: they are reported by a function that bpf_loop() calls, which it follows once or twice. Before
 * Linux 5.17 only a few are reported at once; then the program calls itself, which the kernel allows 32
 * times.
 */
#include "event.bpf.h"
#include "file.bpf.h"
#include "filter.bpf.h"
#include "sofdsnoop.h"
#include "syscall.bpf.h"

#define PATH_DEPTH 32
#include "path.bpf.h"

#include <linux/dcache.h>
#include <linux/net.h>
#include <linux/ns_common.h>
#include <linux/proc_ns.h>
#include <linux/socket.h>
#include <net/sock.h>

#define HAS_LOOP (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0))

#if HAS_LOOP
/* Of a call: descriptors, control messages and messages. sendmmsg(2) takes 1024 of the last. */
#define STEPS 8192
#else
#define AT_ONCE 8 /* descriptors */
#define STEPS 16  /* messages that are looked at until there is one with descriptors */
#endif

#define SOCKET_LEVEL 1 /* SOL_SOCKET */
#define DESCRIPTORS 1  /* SCM_RIGHTS */
#define UNIX_FAMILY 1  /* AF_UNIX */

/* file systems without directories */
#define SOCKETS 0x534f434b
#define PIPES 0x50495045
#define ANONYMOUS 0x09041934
#define NAMESPACES 0x6e736673
#define PIDFDS 0x50494446

/* A call, and on its return how far its messages have been read. */
struct call {
	u64 messages; /* of the process: the next one */
	u64 socket_inode;
	u64 at, end; /* what is left of a message's control messages */
	u64 fds;     /* and of their descriptors */
	u32 fds_left;
	u32 messages_left;
	s32 socket;
	u32 action;
};

BPF_HASH(calls, u64, struct call);
BPF_PERCPU_ARRAY(scratch, struct event, 1);
BPF_PROG_ARRAY(next, 1); /* report_fds() */

/* ---- what a descriptor is ---- */

static inline void add_name(struct event *event, const unsigned char *name)
{
	path_add_name(event->text, sizeof(event->text), &event->size, name);
}

static inline void describe(struct event *event, struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	u64 magic = file->f_inode->i_sb->s_magic;
	struct ns_common *ns;

	event->inode = file->f_inode->i_ino;
	if (magic == SOCKETS) {
		event->kind = FILE_SOCKET;
	} else if (magic == PIPES && dentry == dentry->d_parent && dentry != file->f_path.mnt->mnt_root) {
		event->kind = FILE_PIPE;
	} else if (magic == PIDFDS) {
		event->kind = FILE_PIDFD;
	} else if (magic == NAMESPACES) {
		event->kind = FILE_NAMESPACE;
		ns = (struct ns_common *)file->f_inode->i_private;
		add_name(event, (const unsigned char *)ns->ops->name);
	} else if (dentry == dentry->d_parent && dentry != file->f_path.mnt->mnt_root) {
		event->kind = magic == ANONYMOUS ? FILE_ANONYMOUS : FILE_PSEUDO;
		add_name(event, dentry->d_name.name);
	} else {
		event->kind = FILE_PATH;
		event->deleted = dentry != dentry->d_parent && !dentry->d_hash.pprev;
		event->cut = !path_add(event->text, sizeof(event->text), &event->size, file->f_path);
	}
}

static inline void report(void *ctx, const struct call *call, s32 fd)
{
	struct file *file = file_of(fd);
	struct event *event;
	int zero = 0;
	u32 size;

	event = scratch.lookup(&zero);
	if (!event)
		return;
	event_task(&event->task);
	event->socket_inode = call->socket_inode;
	event->socket = call->socket;
	event->fd = fd;
	event->action = call->action;
	event->kind = FILE_UNKNOWN;
	event->inode = 0;
	event->deleted = 0;
	event->cut = 0;
	event->size = 0;
	if (file)
		describe(event, file);
	size = event->size;
	if (size <= sizeof(event->text))
		event_send(ctx, event, offsetof(struct event, text) + size);
}

/* ---- control messages ---- */

/* Looks at one more control message, or begins the next message. Returns false at the end. */
static inline bool advance(struct call *call)
{
	struct cmsghdr control = {};
	struct user_msghdr message = {};

	if (call->at + sizeof(control) <= call->end) {
		u64 at = call->at, left = call->end - at;

		if (bpf_probe_read_user(&control, sizeof(control), (void *)at) ||
			control.cmsg_len < sizeof(control) || control.cmsg_len > left) {
			call->at = call->end;
			return true;
		}
		call->at = at + ((control.cmsg_len + sizeof(long) - 1) & ~(sizeof(long) - 1));
		if (control.cmsg_level == SOCKET_LEVEL && control.cmsg_type == DESCRIPTORS) {
			call->fds = at + sizeof(control);
			call->fds_left = (control.cmsg_len - sizeof(control)) / sizeof(s32);
		}
		return true;
	}
	if (!call->messages_left)
		return false;
	call->messages_left--;
	bpf_probe_read_user(&message, sizeof(message), (void *)call->messages);
	call->messages += sizeof(struct mmsghdr);
	call->at = (u64)message.msg_control;
	call->end = call->at + message.msg_controllen;
	return true;
}

static inline void report_next(void *ctx, struct call *call)
{
	s32 fd = -1;

	bpf_probe_read_user(&fd, sizeof(fd), (void *)call->fds);
	call->fds += sizeof(fd);
	call->fds_left--;
	report(ctx, call, fd);
}

#if HAS_LOOP
static long report_step(u64 number, void *all)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	if (call && call->fds_left)
		/* ring buffers, which this kernel has, need no context */
		report_next(0, call);
	else if (!call || !advance(call))
		*(u64 *)all = true;
	return *(u64 *)all;
}
#endif

/* Returns whether there may be more. */
static inline bool report_some(void *ctx, struct call *call)
{
#if HAS_LOOP
	u64 all = false;

	bpf_loop(STEPS, report_step, &all, 0);
	return !all;
#else
	for (int step = 0; step < STEPS && !call->fds_left; step++)
		if (!advance(call))
			return false;
	for (int i = 0; i < AT_ONCE && call->fds_left; i++)
		report_next(ctx, call);
	return true;
#endif
}

/* ---- system calls ---- */

static inline int enter(s32 socket, u64 messages)
{
	struct call call = {.socket = socket, .messages = messages};
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && calls.update(&id, &call))
		event_missed();
	return 0;
}

/* Whether it is one of the sockets over which descriptors go; others ignore them. */
static inline bool is_unix(struct call *call)
{
	struct file *file = file_of(call->socket);
	struct socket *socket;

	if (!file || file->f_inode->i_sb->s_magic != SOCKETS)
		return false;
	call->socket_inode = file->f_inode->i_ino;
	socket = (struct socket *)file->private_data;
	return socket->sk->__sk_common.skc_family == UNIX_FAMILY;
}

SEC("tp") int report_fds(struct trace_event_raw_sys_exit *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	if (!call)
		return 0;
	if (report_some(ctx, call)) {
#if !HAS_LOOP
		next.call(ctx, 0);
		/* only if it has done so too often */
#endif
		event_missed();
	}
	calls.delete(&id);
	return 0;
}

static inline int leave(struct trace_event_raw_sys_exit *ctx, u32 action, long messages)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	if (!call)
		return 0;
	if (messages > 0 && is_unix(call)) {
		call->messages_left = messages;
		call->action = action;
		next.call(ctx, 0);
		/* only if the tool is not ready yet */
	}
	calls.delete(&id);
	return 0;
}

#define CALL(name, action, messages)                                                                         \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter(ARGUMENT(0), ARGUMENT(1));                                                      \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, action, messages);                                                         \
	}

CALL(sendmsg, SEND, RESULT >= 0)
CALL(recvmsg, RECEIVE, RESULT >= 0)
CALL(sendmmsg, SEND, RESULT)
CALL(recvmmsg, RECEIVE, RESULT)
