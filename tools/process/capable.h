/* SPDX-License-Identifier: Apache-2.0 */
/* What capable.bpf.c reports to capable.c. */
#ifndef TOOLS_CAPABLE_H
#define TOOLS_CAPABLE_H

#include "event.h"

enum { FRAMES = 127 }; /* of a stack: what the kernel walks, unless it was told otherwise */

/* ends after the last stack */
struct event {
	struct event_task task;
	uint64_t start; /* of the process: group_leader->start_time */
	int32_t capability;
	int32_t ret;	 /* 0: it has the capability */
	int32_t audit;	 /* -1: not known, as the next one */
	int32_t insetid; /* the check is made for setuid() and the like */
	uint32_t frames; /* of the kernel's stack */
	uint32_t user_frames;
	uint64_t stack[FRAMES];
	uint64_t user_stack[FRAMES];
};

#endif
