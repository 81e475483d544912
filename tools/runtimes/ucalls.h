/* SPDX-License-Identifier: Apache-2.0 */
/* What ucalls.bpf.c counts for ucalls.c. */
#ifndef TOOLS_UCALLS_H
#define TOOLS_UCALLS_H

#include <stdint.h>

#include "method.h"

struct call_key {
	uint64_t system_call; /* its number and 1; 0: it is the method */
	struct method method;
};

struct call_value {
	uint64_t count;
	uint64_t time; /* nanoseconds */
};

/* An entry of the table. */
struct event {
	struct call_key key;
	struct call_value value;
};

#endif
