/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF has no instruction that counts leading or trailing zeros. Code generators before LLVM 19 do not know
 * that: they end the process, or fill its memory. Here the highest bit is searched for in halves.
 *
 *   before:  %n = call i32 @llvm.ctlz.i32(i32 %x, i1 true)
 *   after:   %high = lshr i32 %x, 16
 *            %any = icmp ne i32 %high, 0
 *            %rest = select i1 %any, i32 %high, i32 %x
 *            %place = select i1 %any, i32 16, i32 0
 *            …                                                 ; the same with 8, 4, 2 and 1
 *            %n = sub i32 32, …
 */
#include <llvm/Config/llvm-config.h>

#include "ir.h"

#if LLVM_VERSION_MAJOR < 19

enum { MOST_BITS = 64 };

/* How many bits there are from the highest one of `x` on; 0 for 0. */
static LLVMValueRef bit_counts_length(struct rewriter *r, LLVMValueRef x, unsigned bits)
{
	LLVMValueRef length = ir_const(r, bits, 0), zero = ir_const(r, bits, 0);

	for (unsigned half = MOST_BITS / 2; half; half /= 2) {
		LLVMValueRef high, any, place;

		if (half >= bits)
			continue;
		high = LLVMBuildLShr(r->builder, x, ir_const(r, bits, half), "");
		any = LLVMBuildICmp(r->builder, LLVMIntNE, high, zero, "");
		x = LLVMBuildSelect(r->builder, any, high, x, "");
		place = LLVMBuildSelect(r->builder, any, ir_const(r, bits, half), zero, "");
		length = LLVMBuildAdd(r->builder, length, place, "");
	}
	return LLVMBuildAdd(r->builder, length, x, "");
}

static LLVMValueRef bit_counts_leading(struct rewriter *r, LLVMValueRef x, unsigned bits)
{
	return LLVMBuildSub(r->builder, ir_const(r, bits, bits), bit_counts_length(r, x, bits), "");
}

/* What is below the lowest bit that is set has as many bits as there are zeros. */
static LLVMValueRef bit_counts_trailing(struct rewriter *r, LLVMValueRef x, unsigned bits)
{
	LLVMValueRef less = LLVMBuildSub(r->builder, x, ir_const(r, bits, 1), "");

	return bit_counts_length(
		r, LLVMBuildAnd(r->builder, LLVMBuildNot(r->builder, x, ""), less, ""), bits);
}

static void bit_counts_expand(struct rewriter *r, LLVMValueRef call)
{
	bool leading = ir_calls_intrinsic(call, "llvm.ctlz");
	LLVMTypeRef type = LLVMTypeOf(call);
	LLVMValueRef x, count;
	unsigned bits;

	if ((!leading && !ir_calls_intrinsic(call, "llvm.cttz")) ||
		LLVMGetTypeKind(type) != LLVMIntegerTypeKind)
		return;
	bits = LLVMGetIntTypeWidth(type);
	if (bits > MOST_BITS)
		return;
	ir_build_before(r, call);
	x = LLVMGetOperand(call, 0);
	count = leading ? bit_counts_leading(r, x, bits) : bit_counts_trailing(r, x, bits);
	LLVMReplaceAllUsesWith(call, count);
	LLVMInstructionEraseFromParent(call);
}

int bcc_expand_bit_counts(struct rewriter *r)
{
	ir_each_instruction(r, bit_counts_expand);
	return 0;
}

#else

int bcc_expand_bit_counts(struct rewriter *r)
{
	(void)r;
	return 0;
}

#endif
