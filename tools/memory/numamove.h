/* SPDX-License-Identifier: Apache-2.0 */
/* What numamove.bpf.c counts for numamove.c. */
#ifndef TOOLS_NUMAMOVE_H
#define TOOLS_NUMAMOVE_H

#include <stdint.h>

struct counts {
	uint64_t migrations;
	uint64_t time; /* nanoseconds */
};

/* The only entry of the table. */
struct event {
	uint32_t zero;
	struct counts counts;
} __attribute__((packed));

#endif
