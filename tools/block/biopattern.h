/* SPDX-License-Identifier: Apache-2.0 */
/* What biopattern.bpf.c counts for biopattern.c: the key and the value of its table. */
#ifndef TOOLS_BIOPATTERN_H
#define TOOLS_BIOPATTERN_H

#include <stdint.h>

struct disk_key {
	uint64_t device;
};

struct disk_counts {
	uint64_t count;
	uint64_t sequential;
	uint64_t bytes;
};

struct entry {
	struct disk_key key;
	struct disk_counts counts;
};

#endif
