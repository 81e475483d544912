/* SPDX-License-Identifier: Apache-2.0 */
/* What runqslower.bpf.c reports to runqslower.c. */
#ifndef TOOLS_RUNQSLOWER_H
#define TOOLS_RUNQSLOWER_H

#include <stdint.h>

struct event {
	uint64_t time;	/* when the task got the CPU */
	uint64_t delay; /* nanoseconds that it had waited */
	uint32_t pid, tid;
	uint32_t previous_pid, previous_tid; /* of the task that ran before it */
	uint32_t cpu;
	uint32_t uid;
	char comm[16], previous_comm[16];
};

#endif
