/* SPDX-License-Identifier: Apache-2.0 */
/* What funclatency.bpf.c counts for funclatency.c. */
#ifndef TOOLS_FUNCLATENCY_H
#define TOOLS_FUNCLATENCY_H

#include <stdint.h>

/* Whose calls a histogram shows; 0: not told apart. */
struct section {
	uint64_t place;
	uint32_t pid;
	uint32_t zero;
};

#endif
