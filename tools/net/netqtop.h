/* SPDX-License-Identifier: Apache-2.0 */
/* What netqtop.bpf.c counts for netqtop.c. */
#ifndef TOOLS_NETQTOP_H
#define TOOLS_NETQTOP_H

#include <stdint.h>

enum { NETQTOP_TX, NETQTOP_RX, NETQTOP_DIRECTIONS };

enum { NETQTOP_SIZES = 5 }; /* below 64, 512, 2K, 16K, and above */

struct netqtop_queue {
	uint32_t direction;
	uint32_t number;
};

/* These only count up. */
struct netqtop_counts {
	uint64_t packets, bytes;
	uint64_t sizes[NETQTOP_SIZES];
};

#endif
