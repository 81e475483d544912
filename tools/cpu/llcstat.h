/* SPDX-License-Identifier: Apache-2.0 */
/* What llcstat.bpf.c counts in the table `counts`. */
#ifndef TOOLS_LLCSTAT_H
#define TOOLS_LLCSTAT_H

#include <stdint.h>

struct llcstat_key {
	uint32_t pid;
	uint32_t tid; /* 0: threads are not told apart */
	uint32_t cpu;
	uint32_t unused;
	char comm[16];
};

struct llcstat_value {
	uint64_t references, misses;
};

struct llcstat_entry {
	struct llcstat_key key;
	struct llcstat_value value;
};

#endif
