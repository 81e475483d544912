/* SPDX-License-Identifier: Apache-2.0 */
/* What uobjnew.bpf.c counts for uobjnew.c. */
#ifndef TOOLS_UOBJNEW_H
#define TOOLS_UOBJNEW_H

#include <stdint.h>

struct type {
	uint64_t block; /* of C: the size; 0: it has a name */
	char name[96];
};

struct allocations {
	uint64_t count, bytes;
};

/* An entry of the table. */
struct event {
	struct type type;
	struct allocations value;
};

#endif
