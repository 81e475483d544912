/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "report.h"
#include "settings.h"
#include "tool.h"

static pid_t command_pid = -1; /* until it has been waited for */
static int command_go = -1;

/* In the child: waits for the byte that means go, then becomes the command. */
static void command_become(int go, int ready)
{
	sigset_t none;
	char c;

	close(ready);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(go, &c, 1) != 1)
		_exit(EXIT_SUCCESS); /* the tool has ended */
	execvp(settings.command[0], settings.command);
	fprintf(stderr, "%s: cannot start %s: %s\n", tool.name, settings.command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* From here on children of this process are followed. */
static int command_follow(struct bcc *b)
{
	int ret = bcc_attach_raw_tracepoint(b, "filter_follow_fork", "sched_process_fork", NULL);

	if (!ret)
		ret = bcc_attach_raw_tracepoint(b, "filter_follow_free", "sched_process_free", NULL);
	if (ret)
		report_failure(b);
	return ret;
}

int command_prepare(struct bcc *b)
{
	int fds[2], ret;

	if (!settings.command)
		return 0;
	ret = command_follow(b);
	if (ret)
		return ret;
	if (pipe2(fds, O_CLOEXEC)) {
		tool_warn("cannot start %s: %s", settings.command[0], strerror(errno));
		return -errno;
	}
	fflush(NULL);
	command_pid = fork();
	if (!command_pid)
		command_become(fds[0], fds[1]);
	close(fds[0]);
	command_go = fds[1];
	if (command_pid < 0) {
		tool_warn("cannot start %s: %s", settings.command[0], strerror(errno));
		return -errno;
	}
	return 0;
}

int tool_command_pid(void)
{
	return command_pid > 0 ? command_pid : 0;
}

void command_start(void)
{
	if (command_go < 0)
		return;
	/* it may have been killed meanwhile; then there is nothing to see */
	if (write(command_go, "g", 1) != 1)
		tool_warn("%s has ended before it began", settings.command[0]);
	close(command_go);
	command_go = -1;
}

bool command_has_ended(void)
{
	if (command_pid > 0 && waitpid(command_pid, NULL, WNOHANG) == command_pid)
		command_pid = -1;
	return settings.command && command_pid < 0;
}

void command_end(void)
{
	if (command_go >= 0)
		close(command_go);
	command_go = -1;
	if (command_pid > 0 && !command_has_ended()) {
		kill(command_pid, SIGTERM);
		waitpid(command_pid, NULL, 0);
		command_pid = -1;
	}
}
