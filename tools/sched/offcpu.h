/* SPDX-License-Identifier: Apache-2.0 */
/* What offcpu.bpf.h counts. */
#ifndef TOOLS_OFFCPU_H
#define TOOLS_OFFCPU_H

#include "stack_key.h"

/* Who has waited, and where; for offwaketime and wakeuptime, who has ended that. */
struct offcpu_key {
	struct stack_key target;
#ifdef OFFCPU_WAKER
	struct stack_key waker; /* no name: it is not known */
#endif
};

struct offcpu_entry {
	struct offcpu_key key;
	uint64_t time; /* nanoseconds */
};

#endif
