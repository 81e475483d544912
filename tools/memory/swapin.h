/* SPDX-License-Identifier: Apache-2.0 */
/* What swapin.bpf.c counts for swapin.c. */
#ifndef TOOLS_SWAPIN_H
#define TOOLS_SWAPIN_H

#include <stdint.h>

struct swapin_key {
	uint32_t pid;
	char comm[16];
};

/* An entry of the table. */
struct event {
	struct swapin_key key;
	uint32_t count[2]; /* a u64, not aligned */
};

#endif
