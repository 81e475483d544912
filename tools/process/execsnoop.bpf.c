/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each execve() and execveat(): the strings of a successful call are gone when it returns, so they are saved
 * on entry and reported on return. There is one record for each call: parts in several records could arrive
 * in another order if the call moves to another CPU. A string in a page that has not been touched yet cannot
 * be read on entry. In that case everything is read again: from the new program's stack or, after a failure,
 * from where the kernel may have paged it in.
 */
#include "event.bpf.h"
#include "execsnoop.h"
#include "filter.bpf.h"
#include "syscall.bpf.h"

#define ARGS_LIMIT 1024 /* the verifier of the oldest supported kernels still accepts a loop of this length */

const volatile u32 max_args = 20; /* strings that are saved, the first being the file's name */
const volatile bool with_failed;  /* calls that returned an error are reported too */

struct exec {
	const char *path;
	const char *const *argv;
	u32 unread; /* strings that could not be read */
	struct event event;
};

/* by process, not by thread: a thread that succeeds becomes its process's first one */
BPF_TABLE("hash", u32, struct exec, execs, 512);
BPF_PERCPU_ARRAY(scratch, struct exec, 1);

enum where { USER, KERNEL };

/* Returns the number of bytes read. */
static inline int add_arg(struct exec *exec, const char *arg, enum where where)
{
	struct event *event = &exec->event;
	u32 used = event->size;
	int length;

	if (used > TEXT_SIZE) {
		event->truncated = 1;
		return 0;
	}
	if (where == USER)
		length = bpf_probe_read_user_str(&event->text[used], ARG_SIZE, arg);
	else
		length = bpf_probe_read_kernel_str(&event->text[used], ARG_SIZE, arg);
	if (length <= 0) {
		event->text[used] = 0;
		length = 1;
		exec->unread++;
	}
	event->size = used + length;
	return length;
}

static inline void clear_args(struct exec *exec)
{
	exec->unread = 0;
	exec->event.truncated = 0;
	exec->event.size = 0;
}

/* Adds what the caller has passed. */
static inline void add_all(struct exec *exec)
{
	const char *const *argv = exec->argv;
	const char *arg = 0;

	clear_args(exec);
	add_arg(exec, exec->path, USER);
	for (int i = 1; i < ARGS_LIMIT && i < max_args; i++) {
		if (bpf_probe_read_user(&arg, sizeof(arg), &argv[i]) || !arg)
			return;
		add_arg(exec, arg, USER);
	}
	if (!bpf_probe_read_user(&arg, sizeof(arg), &argv[max_args]) && arg)
		exec->event.truncated = 1;
}

static inline int enter(const char *path, const char *const *argv)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct exec *exec;
	int zero = 0;

	if (current_is_unwanted())
		return 0;
	exec = scratch.lookup(&zero);
	if (!exec)
		return 0;
	exec->path = path;
	exec->argv = argv;
	event_task(&exec->event.task);
	event_parent(&exec->event.task);
	add_all(exec);
	if (execs.update(&pid, exec))
		event_missed();
	return 0;
}

/* (struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm): the new program's stack has its
 * arguments. */
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct linux_binprm *bprm = (struct linux_binprm *)ctx->args[2];
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct exec *exec = execs.lookup(&pid);
	const char *volatile *at;
	const char *end;
	char skipped[ARG_SIZE / 4];

	/* those of a script are its interpreter's */
	if (!exec || !exec->unread || bprm->interp != bprm->filename)
		return 0;
	/* volatile: to the verifier, a number that is read back is the same in each round, so it need not
	 * track the rounds separately */
	at = (const char *volatile *)&exec->path;
	*at = (const char *)task->mm->arg_start;
	end = (const char *)task->mm->arg_end;
	clear_args(exec);
	add_arg(exec, bprm->filename, KERNEL);
	*at += bpf_probe_read_user_str(skipped, sizeof(skipped), *at);
	for (int i = 1; i < ARGS_LIMIT && i < max_args && *at < end; i++)
		*at += add_arg(exec, *at, USER);
	if (*at < end)
		exec->event.truncated = 1;
	return 0;
}

static inline int leave(void *ctx, int ret)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct exec *exec = execs.lookup(&pid);
	u32 size;

	if (!exec)
		return 0;
	if (ret && !with_failed)
		goto done;
	if (ret && exec->unread)
		add_all(exec);
	exec->event.task.time = bpf_ktime_get_ns();
	exec->event.ret = ret;
	bpf_get_current_comm(&exec->event.task.comm, sizeof(exec->event.task.comm));
	size = exec->event.size;
	if (size <= sizeof(exec->event.text))
		event_send(ctx, &exec->event, offsetof(struct event, text) + size);
done:
	execs.delete(&pid);
	return 0;
}

SYSCALL_ENTER(execve)
{
	return enter((const char *)ARGUMENT(0), (const char *const *)ARGUMENT(1));
}

SYSCALL_EXIT(execve)
{
	return leave(ctx, RESULT);
}

SYSCALL_ENTER(execveat)
{
	return enter((const char *)ARGUMENT(1), (const char *const *)ARGUMENT(2));
}

SYSCALL_EXIT(execveat)
{
	return leave(ctx, RESULT);
}
