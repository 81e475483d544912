/* SPDX-License-Identifier: Apache-2.0 */
/* What ttysnoop.bpf.c reports to ttysnoop.c. */
#ifndef TOOLS_TTYSNOOP_H
#define TOOLS_TTYSNOOP_H

#include "event.h"

enum {
	TTYSNOOP_CHUNK = 4096, /* what an event can have */
	TTYSNOOP_CHUNKS = 16,  /* of a write */
	TTYSNOOP_STEPS = 64,   /* chunks and parts of a writev(2), at most */
};

/* ends after the data */
struct event {
	struct event_task task;
	uint64_t missing; /* bytes that were written after these, and are not shown */
	uint32_t size;
	uint32_t unused;
	char data[TTYSNOOP_CHUNK];
};

#endif
