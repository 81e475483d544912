/* SPDX-License-Identifier: Apache-2.0 */
/* A load of kernel memory as an instruction that cannot fault, where the kernel has them. */
#ifndef REWRITER_SOFT_LOADS_H
#define REWRITER_SOFT_LOADS_H

#include "ir.h"

/* Whether this kernel and this text allow it. Asked once, before any is built. */
bool soft_loads_begin(struct rewriter *r);

/* Whether `load` can be one. */
bool soft_loads_take(struct rewriter *r, LLVMValueRef load);

/* What `load` shall bring, built before it. `slot` is memory of its size on the stack. */
LLVMValueRef soft_loads_build(struct rewriter *r, LLVMValueRef load, LLVMValueRef slot);

/* bpf_probe_read(to, size, from) at the builder's place; its result. */
LLVMValueRef reads_build_probe_read(
	struct rewriter *r, LLVMValueRef to, LLVMValueRef size, LLVMValueRef from);

#endif
