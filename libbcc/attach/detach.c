/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel removes a probe when its last descriptor is closed, and waits until nothing runs it any more: a
 * tenth of a second for each. Threads that close at the same time wait for the same. What the kernel does for
 * one probe after the other nevertheless (tracepoints wholly, kprobes by half) takes as long as before.
 */
#include "detach.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "link_ops.h"

#define DETACH_THREADS 32
#define DETACH_STACK ((size_t)64 * 1024)
/* Most descriptors are closed at once: where another process has copies, or nothing has to be waited for. */
#define DETACH_PATIENCE_MS 5

struct closing {
	const int *fds;
	size_t count, next;
};

static void *detach_close_some(void *arg)
{
	struct closing *c = arg;
	size_t i;

	while ((i = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED)) < c->count)
		close(c->fds[i]);
	return NULL;
}

static int64_t detach_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Returns how many threads help; none is a failure, as the caller closes too. */
static size_t start_threads(struct closing *c, pthread_t *threads, size_t count)
{
	sigset_t all, before;
	pthread_attr_t attr;
	size_t started = 0;

	if (pthread_attr_init(&attr))
		return 0;
	pthread_attr_setstacksize(&attr, DETACH_STACK);
	/* the caller's signals are for its own threads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < count && !pthread_create(&threads[started], &attr, detach_close_some, c))
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return started;
}

void bcc_close_descriptors(const int *fds, size_t count)
{
	struct closing c = {.fds = fds, .count = count};
	int64_t start = detach_now_ms();
	pthread_t threads[DETACH_THREADS];
	size_t started = 0;

	while (c.next < count && detach_now_ms() - start < DETACH_PATIENCE_MS)
		close(fds[c.next++]);
	if (count - c.next > 1)
		started = start_threads(
			&c, threads, count - c.next < DETACH_THREADS ? count - c.next - 1 : DETACH_THREADS);
	detach_close_some(&c);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

/* What holds the attachment besides descriptors is removed first: only by the process that made it, so that a
 * forked child takes nothing from its parent. */
static void link_let_go(struct bcc_link *link)
{
	if (link->ops && link->made_by == getpid())
		link->ops->detach(link);
}

static void link_free(struct bcc_link *link)
{
	if (link->prev)
		link->prev->next = link->next;
	else
		link->owner->links = link->next;
	if (link->next)
		link->next->prev = link->prev;
	free(link->fds);
	free(link->state);
	free(link);
}

int bcc_detach(struct bcc_link *link)
{
	if (!link)
		return 0;
	link_let_go(link);
	bcc_close_descriptors(link->fds, link->fd_count);
	link_free(link);
	return 0;
}

void bcc_links_detach(struct bcc *b, const struct bcc_link *before)
{
	size_t count = 0;
	int *fds;

	for (const struct bcc_link *link = b->links; link != before; link = link->next)
		count += link->fd_count;
	fds = count ? malloc(count * sizeof(*fds)) : NULL;
	if (!fds) { /* one link after the other */
		while (b->links != before)
			bcc_detach(b->links);
		return;
	}
	count = 0;
	while (b->links != before) {
		link_let_go(b->links);
		if (b->links->fd_count)
			memcpy(fds + count, b->links->fds, b->links->fd_count * sizeof(*fds));
		count += b->links->fd_count;
		link_free(b->links);
	}
	bcc_close_descriptors(fds, count);
	free(fds);
}
