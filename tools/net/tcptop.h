/* SPDX-License-Identifier: Apache-2.0 */
/* What tcptop.bpf.c counts for tcptop.c. */
#ifndef TOOLS_TCPTOP_H
#define TOOLS_TCPTOP_H

#include "endpoints.h"

struct tcptop_key {
	struct endpoints ends;
	uint32_t pid;
	char comm[16];
	uint32_t unused; /* the value follows, whose members have 8 bytes */
};

struct tcptop_value {
	uint64_t bytes, received, sent; /* these only count up */
};

/* An entry of the table. */
struct event {
	struct tcptop_key key;
	struct tcptop_value value;
};

#endif
