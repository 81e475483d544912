/* SPDX-License-Identifier: Apache-2.0 */
/* What ppchcalls.bpf.c counts for ppchcalls.c. */
#ifndef TOOLS_PPCHCALLS_H
#define TOOLS_PPCHCALLS_H

#include <stdint.h>

struct ppchcalls_key {
	uint64_t number; /* of the call, or process ID */
	uint32_t padding;
	uint32_t period;
};

struct ppchcalls_value {
	uint64_t count;
	uint64_t time, least, most; /* nanoseconds */
	char comm[16];		    /* of processes */
};

/* An entry of the table. */
struct event {
	struct ppchcalls_key key;
	struct ppchcalls_value value;
};

#endif
