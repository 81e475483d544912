/* SPDX-License-Identifier: Apache-2.0 */
/* What futexctn.bpf.c counts for futexctn.c. */
#ifndef TOOLS_FUTEXCTN_H
#define TOOLS_FUTEXCTN_H

#include "stack_hist.h"
#include "stack_key.h"

struct key {
	struct stack_key stack;
	uint64_t lock; /* its address */
	uint32_t padding;
	uint32_t period;
};

/* An entry of the table `waits`. */
struct entry {
	struct key key;
	struct stack_hist times;
};

#endif
