/* SPDX-License-Identifier: Apache-2.0 */
/* What cpuunclaimed.bpf.c counts and reports for cpuunclaimed.c. */
#ifndef TOOLS_CPUUNCLAIMED_H
#define TOOLS_CPUUNCLAIMED_H

#include <stdint.h>

enum { FREQUENCY = 99, CPUS_MOST = 2048 };

/* The variable `totals`: since the beginning, of one CPU at a time. The last member is added to first, and
 * read last: the others are never more. */
struct totals {
	uint64_t running;   /* in so many samples the CPU was busy */
	uint64_t unclaimed; /* in so many it was idle while a task waited for another CPU */
	uint64_t samples;
};

/* All CPUs at one time. */
struct event {
	uint64_t time;
	struct queue_sample {
		uint32_t length; /* tasks that run or wait there */
		uint32_t offset; /* nanoseconds after `time`, when it was read */
	} queues[CPUS_MOST];	 /* as many as there are CPUs */
};

#endif
