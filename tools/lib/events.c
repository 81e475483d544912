/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "begun.h"
#include "buffer.h"
#include "events.h"
#include "settings.h"
#include "tool.h"

/* After how many rows the buffer is looked at again, and how many times its size is held then at most. */
#define TAKE_AFTER 256
#define TAKE_MOST 4

/* ---- held events ---- */

struct event_at {
	uint64_t time;
	size_t offset, size; /* in `bytes`: offsets order those with the same time */
};

struct events_held {
	struct event_at *events;
	size_t count, room;
	bool sorted;
	struct buffer bytes, spare;
};

struct events_held *events_held_new(void)
{
	struct events_held *held = calloc(1, sizeof(*held));

	if (!held)
		buffer_no_memory();
	held->sorted = true;
	return held;
}

void events_held_free(struct events_held *held)
{
	if (!held)
		return;
	buffer_free(&held->bytes);
	buffer_free(&held->spare);
	free(held->events);
	free(held);
}

static void events_held_append(struct events_held *held, uint64_t time, const void *data, size_t size)
{
	static const char padding[8];

	if (held->count == held->room) {
		held->room = held->room ? 2 * held->room : 256;
		held->events = buffer_grow(held->events, held->room * sizeof(*held->events));
	}
	if (held->count && time < held->events[held->count - 1].time)
		held->sorted = false;
	held->events[held->count++] =
		(struct event_at){.time = time, .offset = held->bytes.size, .size = size};
	buffer_add(&held->bytes, data, size);
	/* each is aligned as it was */
	buffer_add(&held->bytes, padding, -size & 7);
}

void events_held_add(struct events_held *held, const void *data, size_t size)
{
	uint64_t time;

	if (size < sizeof(time))
		return;
	memcpy(&time, data, sizeof(time));
	events_held_append(held, time, data, size);
}

static int events_held_compare(const void *a, const void *b)
{
	const struct event_at *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->offset < y->offset ? -1 : 1;
}

/* Moves what is left to the beginning of the other buffer. */
static void events_held_keep(struct events_held *held, size_t done)
{
	struct buffer bytes = held->bytes;
	size_t left = held->count - done;

	held->bytes = held->spare;
	held->spare = bytes;
	held->bytes.size = 0;
	held->count = 0;
	for (size_t i = done; i < done + left; i++) {
		struct event_at at = held->events[i];

		events_held_append(held, at.time, bytes.data + at.offset, at.size);
	}
}

int events_held_deliver(struct events_held *held, uint64_t time, events_fn fn)
{
	size_t done = 0, there = held->count; /* `fn` may add more */
	int ret = 0;

	if (!there)
		return 0;
	if (!held->sorted)
		qsort(held->events, held->count, sizeof(*held->events), events_held_compare);
	held->sorted = true;
	for (; done < there && held->events[done].time <= time && !ret; done++)
		ret = fn(held->bytes.data + held->events[done].offset, held->events[done].size);
	if (done)
		events_held_keep(held, done);
	return ret;
}

size_t events_held_count(const struct events_held *held)
{
	return held->count;
}

/* ---- the buffer of the text ---- */

static struct {
	struct events_held *held;
	struct bcc *bcc;
	bool is_perf;
	uint64_t room;						  /* bytes of the buffer */
	uint64_t arrived;					  /* bytes, in this look */
	uint64_t sleep;						  /* nanoseconds until the next look */
	uint64_t last_lost, last_missed, last_returns, last_ends; /* as the text counted */
	uint64_t last_processes, last_left_out, last_forgotten;
	events_fn fn;	 /* of this delivery */
	uint64_t passed; /* events, to it */
} events;

static int events_table_type(struct bcc *b)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc_table *t = bcc_table_find(b, "events");

	return t && !bcc_table_info(t, &info) ? info.type : -1;
}

/* Of all CPUs, or of one. */
static uint64_t events_bytes(bool all_cpus)
{
	uint64_t bytes = settings.pages * sysconf(_SC_PAGESIZE), all = bytes;
	uint64_t cpus = all_cpus ? sysconf(_SC_NPROCESSORS_ONLN) : 1;

	while (all < bytes * cpus)
		all *= 2;
	/* the kernel's limit is below 2 GB; many CPUs do not need that much */
	while (all > 64 << 20 && all > bytes)
		all /= 2;
	return all;
}

int events_set_size(struct bcc *b)
{
	if (events_table_type(b) != BPF_MAP_TYPE_RINGBUF)
		return 0;
	return bcc_table_set_max_entries(bcc_table_find(b, "events"), events_bytes(true));
}

static int events_arrive(void *ctx, int cpu, const void *data, size_t size)
{
	events.arrived += size;
	events_held_add(events.held, data, size);
	return 0;
}

int events_open(struct bcc *b)
{
	events.held = events_held_new();
	events.sleep = EVENTS_FIRST_SLEEP_NS;
	events.is_perf = events_table_type(b) != BPF_MAP_TYPE_RINGBUF;
	events.room = events_bytes(!events.is_perf);
	if (!events.is_perf)
		return bcc_open_ring(b, "events", events_arrive, NULL);
	return bcc_open_perf(b, "events", events_arrive, NULL,
		&BCC_OPTS(struct bcc_perf_opts, .page_count = settings.pages));
}

void events_watch_losses(struct bcc *b)
{
	events.bcc = b;
}

/* A buffer that was an eighth full would have been full soon. */
static void events_choose_sleep(void)
{
	if (events.arrived > events.room / 8)
		events.sleep /= 2;
	else if (events.arrived < events.room / 32)
		events.sleep *= 2;
	if (events.sleep < EVENTS_LEAST_SLEEP_NS)
		events.sleep = EVENTS_LEAST_SLEEP_NS;
	if (events.sleep > EVENTS_MOST_SLEEP_NS)
		events.sleep = EVENTS_MOST_SLEEP_NS;
}

int events_read(struct bcc *b)
{
	int ret;

	events.arrived = 0;
	ret = bcc_consume(b);
	events_choose_sleep();
	return ret;
}

uint64_t events_sleep(void)
{
	return events.sleep;
}

void events_set_polled(bool polled)
{
	uint32_t value = polled;

	events.sleep = EVENTS_FIRST_SLEEP_NS;
	if (events.is_perf)
		return;
	bcc_variable_set(bcc_variable_find(events.bcc, "events_polled"), &value, sizeof(value));
	/* before the look at the buffer that follows: a program that has not seen it has sent its event
	 * before */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Writing rows takes longer than copying events: meanwhile the buffer is emptied, so that it has all of its
 * room when the reader is not given a CPU. */
static int events_pass_on(const void *data, size_t size)
{
	int ret = events.fn(data, size);

	if (ret || ++events.passed % TAKE_AFTER || events.held->bytes.size > TAKE_MOST * events.room)
		return ret;
	ret = bcc_poll(events.bcc, 0);
	return ret < 0 ? ret : 0;
}

int events_deliver(uint64_t now, events_fn fn)
{
	if (now == UINT64_MAX)
		return events_held_deliver(events.held, now, fn);
	events.fn = fn;
	return events_held_deliver(events.held, now - EVENTS_HOLD_NS, events_pass_on);
}

bool events_are_held(void)
{
	return events.held && events_held_count(events.held);
}

static uint64_t events_counted(const char *variable, uint64_t *last)
{
	struct bcc_variable *v = bcc_variable_find(events.bcc, variable);
	uint64_t now = 0, grown;

	if (!v || bcc_variable_get(v, &now, sizeof(now)))
		return 0;
	grown = now - *last;
	*last = now;
	return grown;
}

void events_take_lost(struct events_losses *losses)
{
	if (!events.bcc)
		return;
	losses->lost += events_counted("events_lost", &events.last_lost);
	losses->missed += events_counted("events_missed", &events.last_missed);
	losses->returns += events_counted("returns_missed", &events.last_returns);
	losses->ends += events_counted("ends_missed", &events.last_ends);
	losses->processes += events_counted("processes_missed", &events.last_processes);
}

void events_take_forgotten(struct events_losses *losses)
{
	uint64_t now;

	if (!events.bcc)
		return;
	now = begun_forgotten(events.bcc);
	if (now <= events.last_forgotten)
		return;
	losses->forgotten += now - events.last_forgotten;
	events.last_forgotten = now;
}

void events_take_left_out(struct events_losses *losses)
{
	uint64_t now;

	if (!events.bcc || bcc_missed(events.bcc, &now))
		return;
	losses->left_out += now - events.last_left_out;
	events.last_left_out = now;
}

void events_close(void)
{
	events_held_free(events.held);
	events.held = NULL;
	events.bcc = NULL;
}
