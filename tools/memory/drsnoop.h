/* SPDX-License-Identifier: Apache-2.0 */
/* What drsnoop.bpf.c reports to drsnoop.c. */
#ifndef TOOLS_DRSNOOP_H
#define TOOLS_DRSNOOP_H

#include "event.h"

struct event {
	struct event_task task;
	uint64_t delay; /* nanoseconds */
	uint64_t pages; /* that were reclaimed */
	int64_t free;	/* pages that were free when it began; -1: not asked for */
	uint32_t of_cgroup;
	uint32_t unused;
};

#endif
