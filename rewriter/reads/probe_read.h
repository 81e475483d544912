/* SPDX-License-Identifier: Apache-2.0 */
/* Reads through the helpers bpf_probe_read…(), built where the builder stands; both return the helper's
 * result. */
#ifndef REWRITER_READS_PROBE_READ_H
#define REWRITER_READS_PROBE_READ_H

#include "rewriter/ir.h"

LLVMValueRef build_probe_read(
	struct rewriter *r, enum ir_helper helper, LLVMValueRef to, LLVMValueRef size, LLVMValueRef from);

/* Through the helper that works for any pointer: bpf_probe_read(), or bpf_probe_read_kernel() where no user
 * memory is read. */
LLVMValueRef build_default_probe_read(
	struct rewriter *r, LLVMValueRef to, LLVMValueRef size, LLVMValueRef from);

#endif
