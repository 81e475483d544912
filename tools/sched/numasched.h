/* SPDX-License-Identifier: Apache-2.0 */
/* What numasched.bpf.c reports to numasched.c. */
#ifndef TOOLS_NUMASCHED_H
#define TOOLS_NUMASCHED_H

#include <stdint.h>

/* NUMA nodes of CPUs. */
#define NUMASCHED_CPUS 8192
struct node_of_cpu {
	uint16_t nodes[NUMASCHED_CPUS];
};

struct event {
	uint64_t time;
	uint32_t pid;
	uint32_t tid;
	uint32_t from, to; /* nodes */
	char comm[16];
};

#endif
