/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference of two pointers, as in `zone - zone->zone_pgdat->node_zones`, is a signed division by the
 * size of what they point to, which BPF lacks. Nothing is left over, so that a multiplication by the inverse
 * of the size modulo 2^64 does the same, after a shift for its even part.
 *
 *   before:  %n = sdiv exact i64 %bytes, 24
 *   after:   %shifted = ashr exact i64 %bytes, 3
 *            %n = mul i64 %shifted, -6148914691236517205      ; 3 * this = 1
 */
#include <llvm/Config/llvm-config.h>

#include "ir.h"

#if LLVM_VERSION_MAJOR >= 18

static void pointer_differences_expand(struct rewriter *r, LLVMValueRef division)
{
	LLVMTypeRef type = LLVMTypeOf(division);
	unsigned bits = LLVMGetTypeKind(type) == LLVMIntegerTypeKind ? LLVMGetIntTypeWidth(type) : 0;
	unsigned long long odd, inverse = 1;
	LLVMValueRef divisor, value;
	unsigned even;

	if (!LLVMIsABinaryOperator(division) || LLVMGetInstructionOpcode(division) != LLVMSDiv)
		return;
	divisor = LLVMIsAConstantInt(LLVMGetOperand(division, 1));
	if (!divisor || !LLVMGetExact(division) || (bits != 32 && bits != 64))
		return;
	odd = LLVMConstIntGetZExtValue(divisor);
	/* a power of two becomes a shift */
	if (!odd || !(odd & (odd - 1)) || odd >> (bits - 1))
		return;
	even = __builtin_ctzll(odd);
	odd >>= even;
	/* each round of Newton's doubles the bits that are right, of which there is one at first */
	for (unsigned right = 1; right < bits; right *= 2)
		inverse *= 2 - odd * inverse;
	ir_build_before(r, division);
	value = LLVMGetOperand(division, 0);
	if (even)
		value = LLVMBuildAShr(r->builder, value, ir_const(r, bits, even), "");
	value = LLVMBuildMul(r->builder, value, LLVMConstInt(ir_int(r, bits), inverse, false), "");
	LLVMReplaceAllUsesWith(division, value);
	LLVMInstructionEraseFromParent(division);
}

void bcc_expand_pointer_differences(struct rewriter *r)
{
	ir_each_instruction(r, pointer_differences_expand);
}

#else

/* LLVM's C interface does not tell which divisions leave nothing over. */
void bcc_expand_pointer_differences(struct rewriter *r)
{
	(void)r;
}

#endif
