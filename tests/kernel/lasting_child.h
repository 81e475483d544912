/* SPDX-License-Identifier: Apache-2.0 */
/* A process that does its work when it is told to, and then stays until the tool that watches it has ended:
 * what it has mapped can be looked at for as long. */
#ifndef TESTS_KERNEL_LASTING_CHILD_H
#define TESTS_KERNEL_LASTING_CHILD_H

#include <sys/socket.h>

#include "tool_run.h"

struct lasting_child {
	pid_t pid;
	int socket;
};

static inline void lasting_child_new(
	struct lasting_child *child, const char *comm, void (*action)(void *ctx), void *ctx)
{
	int fds[2];
	char c;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (!child->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, comm);
		close(fds[0]);
		if (read(fds[1], &c, 1) == 1)
			action(ctx);
		if (write(fds[1], "d", 1) == 1 && read(fds[1], &c, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(fds[1]);
	child->socket = fds[0];
}

/* Lets it work, and waits until it has. */
static inline void lasting_child_go(struct lasting_child *child)
{
	char c;

	assert_int_equal(write(child->socket, "g", 1), 1);
	assert_int_equal(read(child->socket, &c, 1), 1);
}

static inline void lasting_child_end(struct lasting_child *child)
{
	int status;

	close(child->socket);
	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	assert_int_equal(status, 0);
}

#endif
