/* SPDX-License-Identifier: Apache-2.0 */
/* What dcstat.bpf.c counts for dcstat.c. */
#ifndef TOOLS_DCSTAT_H
#define TOOLS_DCSTAT_H

#include <stdint.h>

struct counts {
	uint64_t references, slow, misses;
};

/* The only entry of the table. */
struct event {
	uint32_t zero;
	struct counts counts;
} __attribute__((packed));

#endif
