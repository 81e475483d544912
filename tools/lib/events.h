/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events in the order in which they happened. Each CPU has a buffer of its own, and what is in one says
 * nothing about what is still to come from another; so events are held back until all of the same time must
 * have arrived.
 */
#ifndef TOOLS_LIB_EVENTS_H
#define TOOLS_LIB_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct tool;

/* Maximum time from the timestamp in an event until the event is in the buffer: more than any program needs,
 * even if it is interrupted. */
#define TOOL_HOLD_NS 10000000ULL

/* CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t tool_now_ns(void);

/* Delivers the events up to `time`. Returns what a callback returned, if non-zero. */
int tool_deliver(struct tool *t, uint64_t time);

/* Whether there are undelivered events. */
bool tool_holds_events(const struct tool *t);

void tool_close_events(struct tool *t);

#endif
