/* SPDX-License-Identifier: Apache-2.0 */
/* What funcslower.bpf.c reports to funcslower.c. */
#ifndef TOOLS_FUNCSLOWER_H
#define TOOLS_FUNCSLOWER_H

#include "event.h"
#include "stack_frames.h"

enum { ARGUMENTS = 6 };

/* ends before the stacks, if they are not wanted */
struct event {
	struct event_task task;
	uint64_t start; /* of the process */
	uint64_t place;
	uint64_t delay; /* nanoseconds */
	uint64_t result;
	uint64_t arguments[ARGUMENTS];
	uint32_t frames, user_frames; /* of the stacks when the call began */
	uint64_t stack[STACK_FRAMES];
	uint64_t user_stack[STACK_FRAMES];
};

#endif
