/* SPDX-License-Identifier: Apache-2.0 */
/* What cachetop.bpf.c counts for cachetop.c. */
#ifndef TOOLS_CACHETOP_H
#define TOOLS_CACHETOP_H

#include "cache.h"

struct cachetop_key {
	uint32_t pid, uid;
	char comm[16];
};

/* An entry of the table. */
struct event {
	struct cachetop_key key;
	struct cache_counts counts;
};

#endif
