/* SPDX-License-Identifier: Apache-2.0 */
/* What runqlen.bpf.c counts in the table `hist` (hist.bpf.h). */
#ifndef TOOLS_RUNQLEN_H
#define TOOLS_RUNQLEN_H

#include <stdint.h>

struct runqlen_key {
	uint64_t cpu; /* 0, if CPUs are not told apart */
	uint64_t length;
};

#endif
