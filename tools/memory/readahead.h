/* SPDX-License-Identifier: Apache-2.0 */
/* What readahead.bpf.c records for readahead.c. */
#ifndef TOOLS_READAHEAD_H
#define TOOLS_READAHEAD_H

#include <stdint.h>

/* Sections of the histogram. */
enum { READAHEAD_UNUSED, READAHEAD_USED };

/* A page of a file. */
struct readahead_page {
	uint64_t mapping, index;
};

#endif
