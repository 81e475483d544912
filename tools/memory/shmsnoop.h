/* SPDX-License-Identifier: Apache-2.0 */
/* What shmsnoop.bpf.c reports to shmsnoop.c. */
#ifndef TOOLS_SHMSNOOP_H
#define TOOLS_SHMSNOOP_H

#include "event.h"

enum { SHMGET, SHMAT, SHMDT, SHMCTL };

enum { ARGUMENTS = 3 };

struct event {
	struct event_task task;
	int64_t ret;
	uint64_t delay; /* nanoseconds */
	uint64_t arguments[ARGUMENTS];
	uint32_t call;
	uint32_t unused;
};

#endif
