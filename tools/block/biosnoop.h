/* SPDX-License-Identifier: Apache-2.0 */
/* What biosnoop.bpf.c reports to biosnoop.c. */
#ifndef TOOLS_BIOSNOOP_H
#define TOOLS_BIOSNOOP_H

#include "block.h"

struct event {
	uint64_t time; /* when it was done */
	struct block_request request;
};

#endif
