/* SPDX-License-Identifier: Apache-2.0 */
/* How long something took that is counted by stacks: the value of a table. For BPF texts and for C. */
#ifndef TOOLS_LIB_STACK_HIST_H
#define TOOLS_LIB_STACK_HIST_H

#include <stdint.h>

#define STACK_HIST_SLOTS 40 /* of bpf_log2l(); the last one has what is longer, too */

struct stack_hist {
	uint64_t slots[STACK_HIST_SLOTS]; /* in the tool's unit */
	uint64_t count, longest;
	uint64_t shortest_inverted; /* ~shortest: entries begin with zeros */
	uint64_t total;		    /* all in nanoseconds; the last one: stack_view.h orders by it */
};

#endif
