/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* In the child: waits for the byte that means go, then becomes the command. */
static void child_become(char **command, const char *name, int go, int ready)
{
	sigset_t none;
	char c;

	close(ready);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(go, &c, 1) != 1)
		_exit(EXIT_SUCCESS); /* its parent has ended */
	execvp(command[0], command);
	fprintf(stderr, "%s: cannot start %s: %s\n", name, command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

int child_prepare(struct child *c, char **command, const char *name)
{
	int fds[2];

	*c = CHILD_NONE;
	if (pipe2(fds, O_CLOEXEC))
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
	bool started;

	if (c->go < 0)
		return true;
	started = write(c->go, "g", 1) == 1;
	close(c->go);
	c->go = -1;
	return started;
}

bool child_has_ended(struct child *c)
{
	if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) == c->pid)
		c->pid = -1;
	return c->command && c->pid < 0;
}

void child_end(struct child *c)
{
	if (c->go >= 0)
		close(c->go);
	c->go = -1;
	if (c->pid > 0 && !child_has_ended(c)) {
		kill(c->pid, SIGTERM);
		waitpid(c->pid, NULL, 0);
		c->pid = -1;
	}
}
