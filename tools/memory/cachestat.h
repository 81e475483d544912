/* SPDX-License-Identifier: Apache-2.0 */
/* What cachestat.bpf.c counts for cachestat.c. */
#ifndef TOOLS_CACHESTAT_H
#define TOOLS_CACHESTAT_H

#include "cache.h"

/* The only entry of the table. */
struct event {
	uint32_t zero;
	struct cache_counts counts;
} __attribute__((packed));

#endif
