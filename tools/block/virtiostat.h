/* SPDX-License-Identifier: Apache-2.0 */
/* What virtiostat.bpf.c counts for virtiostat.c. */
#ifndef TOOLS_VIRTIOSTAT_H
#define TOOLS_VIRTIOSTAT_H

#include <stdint.h>

#define VIRTIOSTAT_NAME 16

struct virtiostat_queue {
	char driver[VIRTIOSTAT_NAME], device[VIRTIOSTAT_NAME], name[VIRTIOSTAT_NAME];
};

/* These only count up. */
struct virtiostat_counts {
	uint64_t in_lists, out_lists;
	uint64_t in_bytes, out_bytes;
};

/* An entry of the table. */
struct event {
	struct virtiostat_queue queue;
	struct virtiostat_counts counts;
};

#endif
