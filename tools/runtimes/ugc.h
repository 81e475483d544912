/* SPDX-License-Identifier: Apache-2.0 */
/* What ugc.bpf.c reports to ugc.c. */
#ifndef TOOLS_UGC_H
#define TOOLS_UGC_H

#include <stdint.h>

#define UGC_TEXT_SIZE 64

enum ugc_kind {
	UGC_WHOLE, /* a collection */
	UGC_POOL,  /* of one of Java's memory pools */
	UGC_MARK,  /* Ruby's stages */
	UGC_SWEEP,
};

/* What a probe says at a beginning or end. Of pools: how much is used, and how much it may be at most; else
 * its first argument. */
struct ugc_numbers {
	uint64_t first, second;
};

struct event {
	uint64_t time; /* of the end */
	uint64_t begin;
	uint32_t kind;
	uint32_t pid;
	uint32_t tid;
	uint32_t unused;
	struct ugc_numbers at_begin, at_end;
	char manager[UGC_TEXT_SIZE], pool[UGC_TEXT_SIZE]; /* of pools */
};

#endif
