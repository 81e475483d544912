/* SPDX-License-Identifier: Apache-2.0 */
/* What threadsnoop.bpf.c reports to threadsnoop.c. */
#ifndef TOOLS_THREADSNOOP_H
#define TOOLS_THREADSNOOP_H

#include "event.h"

struct event {
	struct event_task task;
	uint64_t process_start; /* group_leader->start_time */
	uint64_t function;	/* 0: not known */
	uint32_t thread;	/* the new one */
	uint32_t unused;
};

#endif
