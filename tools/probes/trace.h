/* SPDX-License-Identifier: Apache-2.0 */
/* What trace.bpf.c reports to trace.c. */
#ifndef TOOLS_TRACE_H
#define TOOLS_TRACE_H

#include "event.h"
#include "stack_frames.h"

/* Followed by the kernel's stack and the process's, if they are wanted, of STACK_FRAMES each; and by the
 * values. */
struct event {
	struct event_task task;
	uint64_t start; /* of the process */
	uint32_t probe; /* its number on the command line */
	uint32_t cpu;
	int32_t frames, user_frames; /* how many, or the negative errno */
};

#endif
