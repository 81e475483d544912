/* SPDX-License-Identifier: Apache-2.0 */
/* What tables of begun.bpf.h have forgotten. For BPF texts and for C. */
#ifndef TOOLS_LIB_BEGUN_H
#define TOOLS_LIB_BEGUN_H

#include <stdint.h>

/* Entries of a table, on one CPU. */
struct begun_count {
	uint64_t put, taken;
};

struct bcc;

/* How many entries of all such tables of a text have been forgotten so far; at least, if they change
 * meanwhile. */
uint64_t begun_forgotten(struct bcc *b);

#endif
