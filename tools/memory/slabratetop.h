/* SPDX-License-Identifier: Apache-2.0 */
/* What slabratetop.bpf.c counts for slabratetop.c. */
#ifndef TOOLS_SLABRATETOP_H
#define TOOLS_SLABRATETOP_H

#include <stdint.h>

/* Caches of kmalloc(), which the kernel does not name there. */
enum kmalloc_kind { KMALLOC_NORMAL, KMALLOC_RECLAIMABLE, KMALLOC_ACCOUNTED, KMALLOC_DMA };

struct slab_key {
	uint64_t cache; /* where it is; 0: one of kmalloc() */
	union {
		uint64_t name; /* where its name is: another cache may have been at the same place before */
		struct {
			uint32_t size;
			uint32_t kind; /* enum kmalloc_kind */
		};
	};
};

struct slab_value {
	uint64_t allocs, bytes; /* these only count up */
	char name[32];
};

/* An entry of the table. */
struct event {
	struct slab_key key;
	struct slab_value value;
};

#endif
