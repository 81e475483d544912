/* SPDX-License-Identifier: Apache-2.0 */
/* What ksnoop.c sets in ksnoop.bpf.c. */
#ifndef TOOLS_KSNOOP_H
#define TOOLS_KSNOOP_H

#include <stdint.h>

enum { CHAIN_MOST = 64 };

struct chain_place {
	uint32_t depth;	 /* the function's place on the command line, from 1 on; 0: without --stack */
	uint32_t is_end; /* the program is for its end, and for nothing else */
};

#endif
