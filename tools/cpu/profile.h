/* SPDX-License-Identifier: Apache-2.0 */
/* What profile.bpf.c counts for profile.c. */
#ifndef TOOLS_PROFILE_H
#define TOOLS_PROFILE_H

#include "stack_key.h"

/* An entry of the table `counts`. */
struct entry {
	struct stack_key stack;
	uint64_t samples;
};

#endif
