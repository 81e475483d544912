/* SPDX-License-Identifier: Apache-2.0 */
/* What stackcount.bpf.c counts for stackcount.c. */
#ifndef TOOLS_STACKCOUNT_H
#define TOOLS_STACKCOUNT_H

#include "stack_key.h"

/* An entry of the table `counts`. */
struct entry {
	struct stack_key stack;
	uint64_t count;
};

#endif
