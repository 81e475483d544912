/* SPDX-License-Identifier: Apache-2.0 */
/* Loads of kernel memory that need no helper call, where kernel and verifier take them. */
#ifndef REWRITER_READS_FAULT_SAFE_LOADS_H
#define REWRITER_READS_FAULT_SAFE_LOADS_H

#include "rewriter/ir.h"

enum soft_way {
	SOFT_TYPED = 1 << 0, /* through a pointer whose type the verifier knows */
	SOFT_CAST = 1 << 1,  /* through what bpf_rdonly_cast() makes of any pointer */
};

/* Asked once, before any is built: what this kernel has and this text allows. */
unsigned soft_loads_begin(struct rewriter *r);

/* Whether a value like that of `load` is one instruction's. */
bool soft_loads_fit(struct rewriter *r, LLVMValueRef load);

/* Which of `ways` are worth a try for `load`; `is_typed`: the verifier may know its pointer. 0: none. */
unsigned soft_loads_ways(struct rewriter *r, LLVMValueRef load, bool is_typed, unsigned ways);

/* What `load` shall bring, built before it. `slot` is memory of its size on the stack. */
LLVMValueRef soft_loads_build(struct rewriter *r, LLVMValueRef load, LLVMValueRef slot, unsigned ways);

#endif
