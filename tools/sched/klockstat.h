/* SPDX-License-Identifier: Apache-2.0 */
/* What klockstat.bpf.c counts for klockstat.c. */
#ifndef TOOLS_KLOCKSTAT_H
#define TOOLS_KLOCKSTAT_H

#include <stdint.h>

enum { KLOCKSTAT_WAIT, KLOCKSTAT_HOLD, KLOCKSTAT_KINDS };

struct key {
	int64_t stack; /* where the lock was taken, as in struct stack_key; 0 with --per-thread */
	char comm[16]; /* which thread took it; empty without --per-thread */
	uint32_t tid;
	uint32_t kind;
	uint32_t unused;
	uint32_t period;
};

/* An entry of the table `times`; in nanoseconds. */
struct entry {
	struct key key;
	uint64_t count, total, longest;
};

#endif
