/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child_program.h"
#include "common/cleanup.h"
#include "common/compile_wire.h"
#include "common/error.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

/* Deeply nested texts make clang recurse deeply. */
#define STACK_LIMIT (256UL << 20)
/* For the few calls before the program runs. */
#define START_STACK 65536
/* Milliseconds in which the child ends by itself after its result, and after SIGKILL: at once, unless a file
 * system hangs or the machine is so busy that it does not get to run. It must not be left as a zombie. */
#define END_PATIENCE 5000
#define KILL_PATIENCE 60000

/* What the new process has before it executes the program: this process's memory, while the thread that
 * created it is suspended. */
struct child_start {
	int program, socket;
	pid_t parent;
	char parent_text[16];
	int error; /* of executing the program */
};

/* Does only what is allowed between vfork() and execve(). */
__attribute__((no_sanitize("address", "thread"))) static int child_run(void *arg)
{
	struct child_start *start = arg;
	char *argv[] = {"bcc-compile", BCC_WIRE_ARGUMENT, start->parent_text, NULL};
	const struct rlimit none = {0, 0};
	struct rlimit stack;
	int program, socket;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* moved out of the way of the numbers that the program expects */
	program = fcntl(start->program, F_DUPFD_CLOEXEC, BCC_WIRE_SOCKET + 1);
	socket = fcntl(start->socket, F_DUPFD_CLOEXEC, BCC_WIRE_SOCKET + 1);
	if (program < 0 || socket < 0 || dup2(socket, BCC_WIRE_SOCKET) < 0)
		goto failed;
	/* Output has nowhere to go: such a descriptor can be neither read nor written. */
	for (int fd = 0; fd < BCC_WIRE_SOCKET; fd++) {
#if defined(__SANITIZE_ADDRESS__)
		if (fd == STDERR_FILENO)
			continue;
#endif
		if (dup2(program, fd) < 0)
			goto failed;
	}
	setrlimit(RLIMIT_CORE, &none);
	if (getrlimit(RLIMIT_STACK, &stack) == 0) {
		stack.rlim_cur = stack.rlim_max < STACK_LIMIT ? stack.rlim_max : STACK_LIMIT;
		setrlimit(RLIMIT_STACK, &stack);
	}
	syscall(SYS_execveat, program, "", argv, environ, AT_EMPTY_PATH);
failed:
	start->error = errno;
	_exit(127);
}

/* Handlers must not run in the new process, which shares this one's memory: so all signals are blocked,
 * including those that glibc reserves and that its own functions leave out. */
static void child_set_mask(uint64_t mask, uint64_t *before)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, before, sizeof(mask));
}

static int child_clone(struct bcc_child *child, struct child_start *start)
{
	char *stack = mmap(
		NULL, START_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	uint64_t mask;
	int ret;

	if (stack == MAP_FAILED)
		return -errno;
	child->pidfd = -1;
	child_set_mask(UINT64_MAX, &mask);
	child->pid = clone(child_run, stack + START_STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
		start, &child->pidfd);
	ret = child->pid < 0 ? -errno : 0;
	child_set_mask(mask, NULL);
	munmap(stack, START_STACK);
	/* emulators of the kernel may not know the flag */
	if (ret == 0 && child->pidfd < 0)
		child->pidfd = syscall(SYS_pidfd_open, child->pid, 0);
	return ret;
}

/* Advice for the error. */
static const char *child_hint(int code)
{
	switch (code) {
	case -EMFILE:
		return " (ulimit -n)";
	case -ENFILE:
	case -ENOMEM:
		return "";
	case -EAGAIN:
		return " (ulimit -u, or the limit of a control group)";
	default:
		return "; where no process may be started, a text can be compiled in this one: BCC_COMPILER=inprocess in the "
		       "environment, or the option compiler";
	}
}

static int child_fail(struct bcc_err *err, int code, const char *what)
{
	return bcc_fail(err, code, "the compiler's process cannot be started: %s: %s%s", what,
		strerror(-code), child_hint(code));
}

int bcc_child_start(struct bcc_child *child, const struct bcc_dependencies *dependencies, struct bcc_err *err)
{
	struct child_start start = {.parent = getpid()};
	bcc_auto_fd int program = bcc_child_program_open(err);
	int sockets[2], ret;

	*child = (struct bcc_child){.pidfd = -1, .socket = -1};
	if (program < 0)
		return program;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return child_fail(err, -errno, "socketpair()");
	bcc_depend_open_library(dependencies, bcc_child_program_path(), program);
	start.program = program;
	start.socket = sockets[1];
	/* in a PID namespace of its own, it would see another number for this process */
	snprintf(start.parent_text, sizeof(start.parent_text), "%d", start.parent);
	ret = child_clone(child, &start);
	close(sockets[1]);
	child->socket = sockets[0];
	if (ret < 0) {
		close(sockets[0]);
		child->socket = -1;
		return child_fail(err, ret, "clone()");
	}
	if (start.error == 0)
		return 0;
	bcc_child_end(child, false);
	return child_fail(err, -start.error, "execveat()");
}

static void child_kill(const struct bcc_child *child)
{
	if (child->pidfd >= 0 &&
		(syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0) == 0 || errno == ESRCH))
		return;
	kill(child->pid, SIGKILL);
}

static int64_t child_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Whether it has ended within `patience` milliseconds. */
static bool child_await(const struct bcc_child *child, int patience)
{
	struct pollfd end = {.fd = child->pidfd, .events = POLLIN};
	int64_t until = child_now() + patience, left;

	while ((left = until - child_now()) > 0) {
		int ret = poll(&end, 1, left);

		if (ret > 0 || (ret < 0 && errno != EINTR))
			return true;
	}
	return false;
}

struct bcc_child_end bcc_child_end(struct bcc_child *child, bool is_killed)
{
	struct bcc_child_end how = {0};
	siginfo_t info = {0};
	int ret;

	if (child->socket >= 0)
		close(child->socket);
	if (is_killed)
		child_kill(child);
	if (child->pidfd >= 0 && !child_await(child, is_killed ? KILL_PATIENCE : END_PATIENCE) &&
		!is_killed) {
		child_kill(child);
		child_await(child, KILL_PATIENCE);
	}
	do {
		ret = child->pidfd < 0 ? waitid(P_PID, child->pid, &info, WEXITED)
				       : waitid(P_PIDFD, child->pidfd, &info, WEXITED | WNOHANG);
	} while (ret < 0 && errno == EINTR);
	if (ret == 0 && (info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED))
		how.signal = info.si_status;
	if (child->pidfd >= 0)
		close(child->pidfd);
	*child = (struct bcc_child){.pidfd = -1, .socket = -1};
	return how;
}
