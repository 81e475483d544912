/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* In the child: waits for the byte that means go, then becomes the command, which closes `go`; or sends it
 * back. */
static void child_become(char **command, const char *name, int go, int parents)
{
	sigset_t none;
	char c;
	int code;

	close(parents);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(go, &c, 1) != 1)
		_exit(EXIT_SUCCESS); /* its parent has ended */
	execvp(command[0], command);
	code = errno;
	fprintf(stderr, "%s: cannot start %s: %s\n", name, command[0], strerror(code));
	send(go, &c, 1, MSG_NOSIGNAL);
	_exit(code == ENOENT ? 127 : 126);
}

int child_prepare(struct child *c, char **command, const char *name)
{
	int fds[2];

	*c = CHILD_NONE;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	fflush(NULL);
	c->command = command;
	c->pid = fork();
	if (!c->pid)
		child_become(command, name, fds[0], fds[1]);
	close(fds[0]);
	c->go = fds[1];
	return c->pid < 0 ? -errno : 0;
}

bool child_start(struct child *c)
{
	return !c->command || (c->go >= 0 && send(c->go, "g", 1, MSG_NOSIGNAL) == 1);
}

/* The process has been waited for: what it sent is there. */
static void child_forget(struct child *c)
{
	char byte;

	c->failed = recv(c->go, &byte, 1, MSG_DONTWAIT) == 1;
	close(c->go);
	c->go = c->pid = -1;
}

bool child_has_ended(struct child *c)
{
	if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) == c->pid)
		child_forget(c);
	return c->command && c->pid < 0;
}

void child_end(struct child *c)
{
	child_has_ended(c);
	if (c->pid <= 0)
		return;
	kill(c->pid, SIGTERM);
	/* one that was not started ends by itself */
	shutdown(c->go, SHUT_RDWR);
	waitpid(c->pid, NULL, 0);
	child_forget(c);
}
