/* SPDX-License-Identifier: Apache-2.0 */
/* Neighbouring fields of one object, read by one helper call. */
#ifndef REWRITER_READS_MERGED_READS_H
#define REWRITER_READS_MERGED_READS_H

#include "rewriter/ir.h"

#define MERGED_BYTES_MAX 32 /* of a program's 512 bytes of stack */
#define MERGED_LOADS_MAX 16

/* Loads of one block, with nothing between them that could change what they yield. */
struct merged_reads {
	LLVMValueRef loads[MERGED_LOADS_MAX];
	long long offsets[MERGED_LOADS_MAX];
	size_t count;
	LLVMValueRef base;
	long long low, high; /* bytes from the base: [low, high) */
};

void merged_reads_begin(struct rewriter *r, struct merged_reads *m, LLVMValueRef load);
/* Returns false for a load of another object, one too far away, or one too many. */
bool merged_reads_add(struct rewriter *r, struct merged_reads *m, LLVMValueRef load);
/* Whether loads that come after `instruction` can be read before it. */
bool merged_reads_pass(LLVMValueRef instruction);
/* Replaces the loads, two or more. `slot` is memory of MERGED_BYTES_MAX bytes. */
void merged_reads_build(struct rewriter *r, const struct merged_reads *m, LLVMValueRef slot);

#endif
