/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF divides unsigned numbers (signed ones only from Linux 6.6 on, with an instruction that older kernels
 * refuse): the others are divided without their signs, which the result gets then. The remainder has the
 * dividend's.
 *
 *   before:  %q = sdiv i64 %a, %b
 *   after:   %sa = ashr i64 %a, 63             ; -1 of negative ones, else 0
 *            %xa = xor i64 %a, %sa
 *            %ua = sub i64 %xa, %sa
 *            …                                 ; likewise %sb, %ub
 *            %u = udiv i64 %ua, %ub
 *            %s = xor i64 %sa, %sb
 *            %x = xor i64 %u, %s
 *            %q = sub i64 %x, %s
 */
#include "ir.h"

enum { BITS_MAX = 64 };

static LLVMValueRef signed_division_sign(struct rewriter *r, LLVMValueRef value)
{
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMBuildAShr(r->builder, value, LLVMConstInt(type, LLVMGetIntTypeWidth(type) - 1, false), "");
}

/* The value, negated where the sign is -1. */
static LLVMValueRef signed_division_negate(struct rewriter *r, LLVMValueRef value, LLVMValueRef sign)
{
	return LLVMBuildSub(r->builder, LLVMBuildXor(r->builder, value, sign, ""), sign, "");
}

static void signed_division_expand(struct rewriter *r, LLVMValueRef division)
{
	LLVMValueRef a, b, sign, divisor_sign, value;
	LLVMOpcode opcode;

	if (!LLVMIsABinaryOperator(division) ||
		LLVMGetTypeKind(LLVMTypeOf(division)) != LLVMIntegerTypeKind ||
		LLVMGetIntTypeWidth(LLVMTypeOf(division)) > BITS_MAX)
		return;
	opcode = LLVMGetInstructionOpcode(division);
	a = LLVMGetOperand(division, 0);
	b = LLVMGetOperand(division, 1);
	if (opcode != LLVMSDiv && opcode != LLVMSRem)
		return;
	ir_build_before(r, division);
	sign = signed_division_sign(r, a);
	divisor_sign = signed_division_sign(r, b);
	a = signed_division_negate(r, a, sign);
	b = signed_division_negate(r, b, divisor_sign);
	if (opcode == LLVMSDiv) {
		value = LLVMBuildUDiv(r->builder, a, b, "");
		sign = LLVMBuildXor(r->builder, sign, divisor_sign, "");
	} else {
		value = LLVMBuildURem(r->builder, a, b, "");
	}
	value = signed_division_negate(r, value, sign);
	LLVMReplaceAllUsesWith(division, value);
	LLVMInstructionEraseFromParent(division);
}

void bcc_expand_signed_divisions(struct rewriter *r)
{
	ir_each_instruction(r, signed_division_expand);
}
