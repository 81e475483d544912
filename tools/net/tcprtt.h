/* SPDX-License-Identifier: Apache-2.0 */
/* What tcprtt.bpf.c and tcprtt.c share. */
#ifndef TOOLS_TCPRTT_H
#define TOOLS_TCPRTT_H

#include <stdint.h>

enum { BY_NOTHING, BY_LOCAL, BY_REMOTE };

/* an address, or a network; words in network byte order */
struct network {
	uint32_t family; /* 4 or 6; 0: all are wanted */
	uint32_t address[4];
	uint32_t mask[4];
};

/* a section of the histograms: all zero, or an address */
struct section {
	uint64_t family; /* 4 or 6 */
	uint8_t address[16];
};

#endif
