/* SPDX-License-Identifier: Apache-2.0 */
/* What softirqslower.bpf.c reports to softirqslower.c. */
#ifndef TOOLS_SOFTIRQSLOWER_H
#define TOOLS_SOFTIRQSLOWER_H

#include <stdint.h>

enum stage {
	STAGE_WAITED, /* from when it was raised until it ran */
	STAGE_RAN,
};

struct event {
	uint64_t time;
	uint64_t delay; /* nanoseconds */
	uint32_t number;
	uint32_t stage;
	uint32_t cpu;
	uint32_t pid; /* whom it interrupted, or ksoftirqd */
	uint32_t tid;
	uint32_t zero;
	char comm[16];
};

#endif
