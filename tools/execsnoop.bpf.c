/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each execve() and execveat(): the strings of a successful call are gone when it returns, so they are saved
 * on entry and reported on return. There is one record for each call: parts in several records could arrive
 * in another order if the call moves to another CPU. A string in a page that has not been touched yet cannot
 * be read on entry. In that case everything is read again: from the new program's stack or, after a failure,
 * from where the kernel may have paged it in.
 *
 *   MAX_ARGS=N   number of strings that are saved, the first being the file's name
 *   FILTER_PPID  report only children of this process
 *   WITH_FAILED  also report calls that returned an error
 */
#include <linux/sched.h>

struct exec {
	const char *path;
	const char *const *argv;
	u32 unread; /* strings that could not be read */
	struct event event;
};

/* by process, not by thread: a thread that succeeds becomes its process's first one */
BPF_TABLE("hash", u32, struct exec, execs, 512);
BPF_PERCPU_ARRAY(scratch, struct exec, 1);
BPF_PERF_OUTPUT(events);

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
	for (int i = 1; i < MAX_ARGS; i++) {
		if (bpf_probe_read_user(&arg, sizeof(arg), &argv[i]) || !arg)
			return;
		add_arg(exec, arg, USER);
	}
	if (!bpf_probe_read_user(&arg, sizeof(arg), &argv[MAX_ARGS]) && arg)
		exec->event.truncated = 1;
}

static inline int enter(const char *path, const char *const *argv)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
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
	exec->event.pid = pid;
	exec->event.ppid = task->real_parent->tgid;
#ifdef FILTER_PPID
	if (exec->event.ppid != FILTER_PPID)
		return 0;
#endif
	exec->event.uid = bpf_get_current_uid_gid();
	add_all(exec);
	execs.update(&pid, exec);
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
	for (int i = 1; i < MAX_ARGS && *at < end; i++)
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
#ifdef WITH_FAILED
	if (ret && exec->unread)
		add_all(exec);
#else
	if (ret)
		goto done;
#endif
	exec->event.time = bpf_ktime_get_ns();
	exec->event.ret = ret;
	bpf_get_current_comm(&exec->event.comm, sizeof(exec->event.comm));
	size = exec->event.size;
	if (size <= sizeof(exec->event.text))
		events.perf_submit(ctx, &exec->event, offsetof(struct event, text) + size);
#ifndef WITH_FAILED
done:
#endif
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
