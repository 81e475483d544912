/* SPDX-License-Identifier: Apache-2.0 */
/* Loads of kernel memory without a helper call, where kernel and verifier accept them. */
#ifndef REWRITER_READS_FAULT_SAFE_LOADS_H
#define REWRITER_READS_FAULT_SAFE_LOADS_H

#include "rewriter/ir.h"

enum soft_way {
	SOFT_TYPED = 1 << 0, /* through a pointer whose type the verifier knows */
	SOFT_CAST = 1 << 1,  /* through what bpf_rdonly_cast() makes of any pointer */
};

/* What this kernel has and this text allows. Asked once, before any load is built. */
unsigned soft_loads_begin(struct rewriter *r);

/* Whether one instruction can load a value of the type of `load`. */
bool soft_loads_fit(struct rewriter *r, LLVMValueRef load);

/* Which of `ways` are worth trying for `load`; `is_typed`: the verifier may know its pointer. 0: none. */
unsigned soft_loads_ways(struct rewriter *r, LLVMValueRef load, bool is_typed, unsigned ways);

/* The value that replaces `load`, built before it. `slot` is memory of its size on the stack. */
LLVMValueRef soft_loads_build(struct rewriter *r, LLVMValueRef load, LLVMValueRef slot, unsigned ways);

#endif
