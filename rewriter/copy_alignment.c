/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code generator copies memory in units of the alignment of both sides, and knows units of up to 8 bytes:
 * with more (of an __int128, or a struct aligned to a cache line) it makes something arbitrary, or crashes.
 * That a pointer is aligned to 8 is as true, and as good: the stack and the values of maps are.
 *
 *   before:  %s = alloca %struct.s, align 64
 *            call void @llvm.memcpy(ptr align 64 %s, ptr align 16 %p, i64 64)
 *   after:   %s = alloca %struct.s, align 8
 *            call void @llvm.memcpy(ptr align 8 %s, ptr align 8 %p, i64 64)
 */
#include "rewriter/ir.h"

enum { WORD = 8 };

static unsigned copy_alignment_kind(void)
{
	static const char name[] = "align";

	return LLVMGetEnumAttributeKindForName(name, sizeof(name) - 1);
}

/* The variable that an operand is in, whose alignment the code generator finds out by itself; else NULL. */
static LLVMValueRef copy_alignment_variable(struct rewriter *r, LLVMValueRef call, unsigned operand)
{
	long long offset;
	LLVMValueRef base = ir_base_of(r, LLVMGetOperand(call, operand), &offset);

	return LLVMIsAAllocaInst(base) || LLVMIsAGlobalVariable(base) ? base : NULL;
}

static bool copy_alignment_is_large(struct rewriter *r, LLVMValueRef call, unsigned operand)
{
	LLVMAttributeRef said = LLVMGetCallSiteEnumAttribute(call, operand + 1, copy_alignment_kind());
	LLVMValueRef variable = copy_alignment_variable(r, call, operand);

	return (said && LLVMGetEnumAttributeValue(said) > WORD) ||
	       (variable && LLVMGetAlignment(variable) > WORD);
}

static void copy_alignment_lower_operand(struct rewriter *r, LLVMValueRef call, unsigned operand)
{
	LLVMValueRef variable = copy_alignment_variable(r, call, operand);

	if (variable && LLVMGetAlignment(variable) > WORD)
		LLVMSetAlignment(variable, WORD);
	LLVMRemoveCallSiteEnumAttribute(call, operand + 1, copy_alignment_kind());
	LLVMSetInstrParamAlignment(call, operand + 1, WORD);
}

static void copy_alignment_lower(struct rewriter *r, LLVMValueRef function)
{
	for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
		for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
			/* the side with the lesser one counts */
			if (!ir_calls_intrinsic(i, "llvm.memcpy") || !copy_alignment_is_large(r, i, 0) ||
				!copy_alignment_is_large(r, i, 1))
				continue;
			copy_alignment_lower_operand(r, i, 0);
			copy_alignment_lower_operand(r, i, 1);
		}
	}
}

void bcc_lower_copy_alignment(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f))
		copy_alignment_lower(r, f);
}
