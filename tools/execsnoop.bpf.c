/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each execve() and execveat(): its strings are gone when it has succeeded, so they are kept on entry and
 * reported on return. One record a call: the parts of several records could come in another order when the
 * call changes the CPU. MAX_ARGS=N   arguments that are kept, the file's name being the first FILTER_PPID
 * report only children of this process WITH_FAILED  report also calls that returned an error
 */
#include <linux/sched.h>

#define ARG_SIZE 1024	/* of one argument, with its NUL */
#define TEXT_SIZE 15360 /* of all */

struct event {
	u32 pid;
	u32 ppid;
	u32 uid;
	int ret;
	u32 args;
	u32 truncated; /* there are more arguments than these */
	u32 size;      /* of the arguments, one after the other, each with its NUL */
	char comm[TASK_COMM_LEN];
	char text[TEXT_SIZE + ARG_SIZE];
};

/* by process, not by thread: a thread that succeeds goes on as its process's first */
BPF_TABLE("hash", u32, struct event, execs, 512);
BPF_PERCPU_ARRAY(scratch, struct event, 1);
BPF_PERF_OUTPUT(events);

static inline void add_arg(struct event *event, const char *arg)
{
	u32 used = event->size;
	int length;

	if (used > TEXT_SIZE) {
		event->truncated = 1;
		return;
	}
	length = bpf_probe_read_user_str(&event->text[used], ARG_SIZE, arg);
	if (length <= 0) {
		/* not readable, or not in memory yet */
		event->text[used] = 0;
		length = 1;
	}
	event->size = used + length;
	event->args++;
}

static inline int enter(const char *path, const char *const *argv)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	const char *arg = 0;
	struct event *event;
	int zero = 0;

	if (current_is_unwanted())
		return 0;
	event = scratch.lookup(&zero);
	if (!event)
		return 0;
	event->pid = pid;
	event->ppid = task->real_parent->tgid;
#ifdef FILTER_PPID
	if (event->ppid != FILTER_PPID)
		return 0;
#endif
	event->uid = bpf_get_current_uid_gid();
	event->args = 0;
	event->truncated = 0;
	event->size = 0;
	add_arg(event, path);
	for (int i = 1; i < MAX_ARGS; i++) {
		if (bpf_probe_read_user(&arg, sizeof(arg), &argv[i]) || !arg)
			goto done;
		add_arg(event, arg);
	}
	if (!bpf_probe_read_user(&arg, sizeof(arg), &argv[MAX_ARGS]) && arg)
		event->truncated = 1;
done:
	execs.update(&pid, event);
	return 0;
}

static inline int leave(void *ctx, int ret)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct event *event = execs.lookup(&pid);
	u32 size;

	if (!event)
		return 0;
#ifndef WITH_FAILED
	if (ret)
		goto done;
#endif
	event->ret = ret;
	bpf_get_current_comm(&event->comm, sizeof(event->comm));
	size = event->size;
	if (size <= sizeof(event->text))
		events.perf_submit(ctx, event, offsetof(struct event, text) + size);
done:
	execs.delete(&pid);
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_execve)
{
	return enter(args->filename, (const char *const *)args->argv);
}

TRACEPOINT_PROBE(syscalls, sys_exit_execve)
{
	return leave(args, args->ret);
}

TRACEPOINT_PROBE(syscalls, sys_enter_execveat)
{
	return enter(args->filename, (const char *const *)args->argv);
}

TRACEPOINT_PROBE(syscalls, sys_exit_execveat)
{
	return leave(args, args->ret);
}
