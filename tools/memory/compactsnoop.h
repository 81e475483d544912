/* SPDX-License-Identifier: Apache-2.0 */
/* What compactsnoop.bpf.c reports to compactsnoop.c. */
#ifndef TOOLS_COMPACTSNOOP_H
#define TOOLS_COMPACTSNOOP_H

#include "event.h"
#include "stack_frames.h"

/* ends after the stack */
struct event {
	struct event_task task;
	uint64_t delay; /* nanoseconds */
	/* pages of the zone when it began */
	uint64_t min, low, high, free;
	int32_t order;	       /* -1: all of a zone */
	int32_t fragmentation; /* an index of 1000 at most; -1000: there is enough; of order -1: 0 */
	int32_t status;	       /* enum compact_result */
	uint32_t node;
	uint32_t zone; /* enum zone_type */
	uint32_t sync;
	uint32_t frames;
	uint32_t unused;
	uint64_t stack[STACK_FRAMES];
};

#endif
