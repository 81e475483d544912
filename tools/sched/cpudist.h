/* SPDX-License-Identifier: Apache-2.0 */
/* What cpudist.bpf.c and cpudist.c agree on. */
#ifndef TOOLS_CPUDIST_H
#define TOOLS_CPUDIST_H

#include <stdint.h>

/* a histogram for each of these */
enum { BY_NOTHING, BY_PROCESS, BY_THREAD };

union name {
	char comm[16];
	uint64_t words[2];
};

#endif
