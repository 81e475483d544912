/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "progress.h"
#include "tool.h"

/* Attaching is one call after the other, some of which take long: a thread watches them. */
static struct {
	pthread_t thread;
	bool runs;
	int end; /* readable when it is to end */
	uint64_t begin, after;
	size_t total;
	size_t done;
	int width; /* of the line that stands there; 0: none */
} progress;

static void progress_show(void)
{
	char line[128], count[64] = "";
	int width;

	if (progress.total)
		snprintf(count, sizeof(count), " %zu of %zu programs,",
			__atomic_load_n(&progress.done, __ATOMIC_RELAXED), progress.total);
	width = snprintf(line, sizeof(line), "%s: attaching:%s %" PRIu64 " s", tool.name, count,
		(clock_now() - progress.begin) / 1000000000);
	fprintf(stderr, "\r%-*s", progress.width, line);
	if (width > progress.width)
		progress.width = width;
}

static void *progress_watch(void *arg)
{
	struct pollfd fd = {.fd = progress.end, .events = POLLIN};
	struct timespec after = {
		.tv_sec = progress.after / 1000000000, .tv_nsec = progress.after % 1000000000};

	while (!ppoll(&fd, 1, &after, NULL))
		progress_show();
	return NULL;
}

void progress_begin(size_t total, uint64_t after)
{
	sigset_t all, before;

	if (!isatty(STDERR_FILENO))
		return;
	progress.end = eventfd(0, EFD_CLOEXEC);
	if (progress.end < 0)
		return;
	progress.begin = clock_now();
	progress.after = after;
	progress.total = total;
	progress.done = 0;
	progress.width = 0;
	/* signals are for the first thread */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	progress.runs = !pthread_create(&progress.thread, NULL, progress_watch, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!progress.runs)
		close(progress.end);
}

void progress_step(void)
{
	__atomic_fetch_add(&progress.done, 1, __ATOMIC_RELAXED);
}

void progress_end(void)
{
	uint64_t one = 1;

	if (!progress.runs)
		return;
	/* writing to an eventfd whose counter is 0 does not fail */
	if (write(progress.end, &one, sizeof(one)) == sizeof(one))
		pthread_join(progress.thread, NULL);
	close(progress.end);
	progress.runs = false;
	/* not every terminal can delete a line */
	if (progress.width)
		fprintf(stderr, "\r%*s\r", progress.width, "");
}
