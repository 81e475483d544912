/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events in the order in which they happened. Programs take an event's time and then its place in the buffer,
 * and another CPU may come in between; buffers of different CPUs say nothing about one another. So events are
 * held back until all of the same time must have arrived.
 */
#ifndef TOOLS_LIB_EVENTS_H
#define TOOLS_LIB_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bcc;

/* Maximum time from the time in an event until the event is in the buffer: more than any program needs, even
 * if it is interrupted. */
#define EVENTS_HOLD_NS 10000000ULL

/* How long a busy reader sleeps, depending on how fast the buffer fills: less, and it does nothing but look;
 * longer, and people notice. */
#define EVENTS_LEAST_SLEEP_NS 500000ULL
#define EVENTS_FIRST_SLEEP_NS 4000000ULL
#define EVENTS_MOST_SLEEP_NS 20000000ULL

typedef int (*events_fn)(const void *data, size_t size);

/* ---- held events: the order; for unit tests too ---- */

struct events_held;

struct events_held *events_held_new(void);
void events_held_free(struct events_held *held);

/* Keeps a copy of an event that begins with its time. Shorter ones are ignored. */
void events_held_add(struct events_held *held, const void *data, size_t size);

/* Passes on those up to `time`, in the order of their times and then of their arrival. Returns what `fn`
 * returned, if that is not 0. What `fn` adds is for the next delivery. */
int events_held_deliver(struct events_held *held, uint64_t time, events_fn fn);

size_t events_held_count(const struct events_held *held);

/* ---- the buffer of the text ---- */

/* Sets its size, before anything is created. Nothing is done if the text has none. */
int events_set_size(struct bcc *b);

/* Opens it. Returns 0, or a negative errno; bcc_error() has the reason. */
int events_open(struct bcc *b);

/* Takes what has arrived. Returns how many events that were, or a negative errno. */
int events_read(struct bcc *b);

/* How long a busy reader should sleep before it looks again, in nanoseconds. */
uint64_t events_sleep(void);

/* Says to the programs whether the reader looks by itself: then they need not wake it. */
void events_set_polled(bool polled);

/* Passes on what is due at `now`, or everything if that is UINT64_MAX. */
int events_deliver(uint64_t now, events_fn fn);

/* Whether there are events that have not been passed on. */
bool events_are_held(void);

/* Counts losses of a text that has no buffer too. */
void events_watch_losses(struct bcc *b);

struct events_losses {
	uint64_t lost;	    /* found no room */
	uint64_t missed;    /* were not recorded because a table was full */
	uint64_t returns;   /* of calls that were never seen to return */
	uint64_t ends;	    /* of requests that were never seen to end */
	uint64_t processes; /* of the command, that were not followed */
	uint64_t forgotten; /* before it ended, for want of room */
	uint64_t left_out;  /* calls of programs, by the kernel: of all processes */
};

/* Adds how many have been lost since the last call. */
void events_take_lost(struct events_losses *losses);

/* Adds what tables have forgotten before it ended (begun.h). They are read for it. */
void events_take_forgotten(struct events_losses *losses);

/* The same as events_take_lost() for what the kernel left out, which takes it a call for each probe. */
void events_take_left_out(struct events_losses *losses);

void events_close(void);

#endif
