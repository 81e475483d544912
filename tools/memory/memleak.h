/* SPDX-License-Identifier: Apache-2.0 */
/* What memleak.bpf.c records for memleak.c. */
#ifndef TOOLS_MEMLEAK_H
#define TOOLS_MEMLEAK_H

#include "event.h"
#include "stack_key.h"

/* Of the table `allocations`. */
struct allocation_key {
	uint64_t address; /* of pages of the kernel, their number */
	uint32_t pid;	  /* 0: the kernel's */
	uint32_t unused;
};

struct allocation {
	uint64_t size; /* bytes */
	uint64_t time; /* bpf_ktime_get_ns() */
	int64_t stack;
	struct stack_owner owner;
};

/* For -t. */
struct event {
	struct event_task task;
	uint64_t address, size;
	uint32_t is_free;
	uint32_t unused;
};

#endif
