/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "events.h"
#include "tool.h"

struct held {
	uint64_t time, number;
	int cpu;
	size_t size;
	void *data;
};

struct tool_events {
	bcc_event_fn fn;
	void *ctx;
	struct held *held;
	size_t count, room;
	uint64_t number; /* of the next event: orders those with the same time */
};

uint64_t tool_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int events_hold(void *ctx, int cpu, const void *data, size_t size)
{
	struct tool_events *events = ctx;
	struct held *held;

	if (size < sizeof(held->time))
		return 0;
	if (events->count == events->room) {
		size_t room = events->room ? 2 * events->room : 64;

		held = realloc(events->held, room * sizeof(*held));
		if (!held)
			return -ENOMEM;
		events->held = held;
		events->room = room;
	}
	held = &events->held[events->count];
	held->data = malloc(size);
	if (!held->data)
		return -ENOMEM;
	memcpy(held->data, data, size);
	memcpy(&held->time, data, sizeof(held->time));
	held->number = events->number++;
	held->size = size;
	held->cpu = cpu;
	events->count++;
	return 0;
}

static void events_lost(void *ctx, int cpu, uint64_t count)
{
	/* the words that scripts look for */
	fprintf(stderr, "Possibly lost %llu samples\n", (unsigned long long)count);
}

int tool_open_perf(struct tool *t, const char *table, bcc_event_fn fn, void *ctx, size_t page_count)
{
	int ret = -ENOMEM;

	t->events = calloc(1, sizeof(*t->events));
	if (t->events) {
		t->events->fn = fn;
		t->events->ctx = ctx;
		ret = bcc_open_perf(t->bcc, table, events_hold, t->events,
			&BCC_OPTS(struct bcc_perf_opts, .page_count = page_count ? page_count : 64,
				.lost = events_lost));
	}
	if (ret)
		tool_failed(t);
	return ret;
}

static int events_compare(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

int tool_deliver(struct tool *t, uint64_t time)
{
	struct tool_events *events = t->events;
	size_t done = 0;
	int ret = 0;

	if (!events || !events->count)
		return 0;
	qsort(events->held, events->count, sizeof(*events->held), events_compare);
	for (; done < events->count && events->held[done].time <= time && !ret; done++) {
		const struct held *held = &events->held[done];

		ret = events->fn(events->ctx, held->cpu, held->data, held->size);
		free(held->data);
	}
	events->count -= done;
	memmove(events->held, events->held + done, events->count * sizeof(*events->held));
	return ret;
}

bool tool_holds_events(const struct tool *t)
{
	return t->events && t->events->count;
}

void tool_close_events(struct tool *t)
{
	if (!t->events)
		return;
	for (size_t i = 0; i < t->events->count; i++)
		free(t->events->held[i].data);
	free(t->events->held);
	free(t->events);
	t->events = NULL;
}
