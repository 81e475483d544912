/* SPDX-License-Identifier: Apache-2.0 */
/* What uthreads.bpf.c reports to uthreads.c. */
#ifndef TOOLS_UTHREADS_H
#define TOOLS_UTHREADS_H

#include "event.h"

enum uthreads_kind {
	UTHREADS_PTHREAD, /* of the C library */
	UTHREADS_START,	  /* of the runtime */
	UTHREADS_STOP,
};

struct event {
	struct event_task task;
	uint64_t function;   /* that a thread of the C library runs; 0: not known */
	uint64_t runtime_id; /* of the runtime's threads */
	uint64_t native_id;  /* their number for the kernel */
	uint32_t kind;
	uint32_t unused;
	char name[96];
};

#endif
