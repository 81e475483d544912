/* SPDX-License-Identifier: Apache-2.0 */
/* The read that is always right. */
#ifndef REWRITER_READS_READS_H
#define REWRITER_READS_READS_H

#include "rewriter/ir.h"

/* bpf_probe_read(to, size, from) at the builder's place; its result. */
LLVMValueRef reads_build_probe_read(
	struct rewriter *r, LLVMValueRef to, LLVMValueRef size, LLVMValueRef from);

#endif
