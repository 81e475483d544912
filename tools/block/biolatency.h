/* SPDX-License-Identifier: Apache-2.0 */
/* What biolatency.bpf.c counts for biolatency.c. */
#ifndef TOOLS_BIOLATENCY_H
#define TOOLS_BIOLATENCY_H

#include <stdint.h>

/* 0 each, unless there are histograms for them */
struct section {
	uint32_t device;
	uint32_t flags;
};

#endif
