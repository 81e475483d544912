/* SPDX-License-Identifier: Apache-2.0 */
/* What biostacks.bpf.c counts for biostacks.c. */
#ifndef TOOLS_BIOSTACKS_H
#define TOOLS_BIOSTACKS_H

#include "stack_hist.h"
#include "stack_key.h"

struct key {
	struct stack_key stack;
	uint32_t device;
	uint32_t padding;
};

/* An entry of the table `requests`. */
struct entry {
	struct key key;
	struct stack_hist times;
};

#endif
