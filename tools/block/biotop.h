/* SPDX-License-Identifier: Apache-2.0 */
/* What biotop.bpf.c counts for biotop.c: the key and the value of its table. */
#ifndef TOOLS_BIOTOP_H
#define TOOLS_BIOTOP_H

#include <stdint.h>

struct user {
	char comm[16];
	uint32_t pid;
	uint32_t device;
	uint64_t operation;
};

struct used {
	uint64_t count;
	uint64_t bytes;
	uint64_t time; /* nanoseconds */
};

struct entry {
	struct user user;
	struct used used;
};

#endif
