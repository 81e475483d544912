/* SPDX-License-Identifier: Apache-2.0 */
/* What syscount.bpf.c counts for syscount.c. */
#ifndef TOOLS_SYSCOUNT_H
#define TOOLS_SYSCOUNT_H

#include <stdint.h>

struct syscount_key {
	uint32_t number;     /* of the call, or process ID */
	uint32_t of_32_bits; /* the call's number is one of 32-bit programs */
};

struct syscount_value {
	uint64_t count;	 /* these three only count up */
	uint64_t time;	 /* nanoseconds, of those that have returned */
	uint64_t errors; /* those that failed */
	char comm[16];	 /* of processes */
};

/* An entry of the table. */
struct event {
	struct syscount_key key;
	struct syscount_value value;
};

#endif
