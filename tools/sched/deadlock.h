/* SPDX-License-Identifier: Apache-2.0 */
/* What deadlock.bpf.c keeps for deadlock.c. */
#ifndef TOOLS_DEADLOCK_H
#define TOOLS_DEADLOCK_H

#include "stack_key.h"

/* Two locks, one of which was being taken while the other was held. */
struct pair {
	uint64_t held, taken;
};

/* By whom, and where: the first time. */
struct edge {
	struct stack_key taken;
	int64_t held; /* the user stack */
};

#endif
