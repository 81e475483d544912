/* SPDX-License-Identifier: Apache-2.0 */
/* What criticalstat.bpf.c reports to criticalstat.c. */
#ifndef TOOLS_CRITICALSTAT_H
#define TOOLS_CRITICALSTAT_H

#include "event.h"
#include "stack_frames.h"

/* Addresses of functions that did it, and of their callers. */
struct places {
	uint64_t begin, begin_caller;
	uint64_t end, end_caller;
};

/* ends after the stack */
struct event {
	struct event_task task;
	uint64_t delay; /* nanoseconds */
	struct places places;
	uint32_t cpu;
	uint32_t frames;
	uint64_t stack[STACK_FRAMES];
};

#endif
