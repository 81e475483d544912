/* SPDX-License-Identifier: Apache-2.0 */
/* What hardirqs.bpf.c and softirqs.bpf.c count for hardirqs.c and softirqs.c. */
#ifndef TOOLS_IRQS_H
#define TOOLS_IRQS_H

#include <stdint.h>

/* Of which interrupts an entry or histogram is. */
struct irqs_key {
	uint32_t number;
	uint32_t cpu; /* 0 unless they are told apart */
	char name[32];
};

struct irqs_value {
	uint64_t count; /* these two only count up */
	uint64_t time;	/* nanoseconds */
	uint64_t longest;
};

struct irqs_entry {
	struct irqs_key key;
	struct irqs_value value;
};

#endif
