/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "events.h"
#include "tool.h"

enum { SIGNAL, OUTPUT, EVENTS, WATCH, FDS };

int tool_start(struct tool *t)
{
	sigset_t set;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	/* blocked, so that none is lost between looking at a flag and the wait that follows */
	if (sigprocmask(SIG_BLOCK, &set, NULL) ||
		(t->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0) {
		fprintf(stderr, "%s: cannot wait for signals: %s\n", t->name, strerror(errno));
		return -errno;
	}
	return 0;
}

static int64_t run_now_ms(void)
{
	return tool_now_ns() / 1000000;
}

/* Waits for any of `fds` until `end` (in now_ms() terms, -1: forever). Returns true if the tool should
 * end. */
static bool wait_for(struct pollfd *fds, int64_t end)
{
	int64_t left = end < 0 ? -1 : end - run_now_ms();
	int n;

	if (end >= 0 && left < 0)
		left = 0;
	n = poll(fds, FDS, left > 3600000 ? 3600000 : (int)left);
	if (n <= 0) {
		for (int i = 0; i < FDS; i++)
			fds[i].revents = 0;
		return n < 0 && errno != EINTR;
	}
	if (fds[OUTPUT].revents & POLLNVAL)
		fds[OUTPUT].fd = -1;
	return fds[SIGNAL].revents || fds[OUTPUT].revents & POLLERR;
}

static void run_prepare(struct tool *t, struct pollfd *fds, int events_fd)
{
	fds[SIGNAL] = (struct pollfd){.fd = t->signal_fd, .events = POLLIN};
	/* POLLERR is always reported: the other end of a pipe was closed */
	fds[OUTPUT] = (struct pollfd){.fd = STDOUT_FILENO};
	fds[EVENTS] = (struct pollfd){.fd = events_fd, .events = POLLIN};
	fds[WATCH] = (struct pollfd){.fd = t->watch_fd, .events = POLLIN};
}

/* When to look again even if nothing arrives: at the end, or when held events are due. */
static int64_t next_look(const struct tool *t, int64_t end)
{
	int64_t due = run_now_ms() + TOOL_HOLD_NS / 1000000;

	return tool_holds_events(t) && (end < 0 || due < end) ? due : end;
}

static int run_read_events(struct tool *t, bool ready)
{
	uint64_t now = tool_now_ns();
	int n = ready ? bcc_poll(t->bcc, 0) : 0;

	if (n < 0 && n != -EINTR)
		return n;
	return tool_deliver(t, now - TOOL_HOLD_NS);
}

int tool_run(struct tool *t, unsigned seconds)
{
	int64_t end = seconds ? run_now_ms() + seconds * 1000LL : -1;
	struct pollfd fds[FDS];
	bool stop = false;
	int ret = 0;

	run_prepare(t, fds, bcc_epoll_fd(t->bcc));
	while (!stop && (end < 0 || run_now_ms() < end) && !ret) {
		stop = wait_for(fds, next_look(t, end));
		if (fds[WATCH].revents)
			t->watch_ready(t->watch_ctx);
		ret = run_read_events(t, fds[EVENTS].revents);
	}
	if (!ret)
		ret = bcc_consume(t->bcc);
	if (ret >= 0)
		ret = tool_deliver(t, UINT64_MAX);
	if (ret < 0)
		return tool_failed(t);
	return tool_finish(t);
}

bool tool_wait(struct tool *t, unsigned seconds)
{
	int64_t end = run_now_ms() + seconds * 1000LL;
	struct pollfd fds[FDS];

	run_prepare(t, fds, -1);
	fds[WATCH].fd = -1;
	do {
		if (wait_for(fds, end))
			return true;
	} while (run_now_ms() < end);
	return false;
}
