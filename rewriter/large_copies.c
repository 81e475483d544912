/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code generator copies as many bytes at a time as the alignment of both sides allows. A struct of text
 * has none: a copy of some hundred bytes becomes so many loads that their values do not fit on the stack.
 * The program's variables can be given the alignment of words, and what these helpers return has it.
 *
 *   before:  call void @llvm.memcpy(ptr align 1 %own, ptr align 1 %value, i64 288)
 *   after:   call void @llvm.memcpy(ptr align 8 %own, ptr align 8 %value, i64 288)
 */
#include "common/array.h"
#include "ir.h"

enum { WORD = 8, LARGE = 128 };

static bool returns_words(LLVMValueRef call)
{
	static const enum ir_helper helpers[] = {HELPER_MAP_LOOKUP_ELEM, HELPER_MAP_LOOKUP_PERCPU_ELEM,
		HELPER_RINGBUF_RESERVE, HELPER_GET_LOCAL_STORAGE, HELPER_SK_STORAGE_GET,
		HELPER_INODE_STORAGE_GET, HELPER_TASK_STORAGE_GET, HELPER_CGRP_STORAGE_GET};
	long helper = ir_helper_of(call);

	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helper == helpers[i])
			return true;
	return false;
}

/* Whether the pointer is a multiple of a word, or has been made one. */
static bool align_to_word(struct rewriter *r, LLVMValueRef pointer)
{
	long long offset;
	LLVMValueRef base = ir_base_of(r, pointer, &offset);

	if (offset % WORD)
		return false;
	if (LLVMIsACallInst(base))
		return returns_words(base);
	if (!LLVMIsAAllocaInst(base))
		return false;
	if (LLVMGetAlignment(base) < WORD)
		LLVMSetAlignment(base, WORD);
	return true;
}

static void say_aligned(struct rewriter *r, LLVMValueRef call, unsigned operand)
{
	static const char name[] = "align";
	unsigned kind = LLVMGetEnumAttributeKindForName(name, sizeof(name) - 1);
	LLVMAttributeRef align = LLVMGetCallSiteEnumAttribute(call, operand + 1, kind);

	if (align && LLVMGetEnumAttributeValue(align) >= WORD)
		return;
	if (align)
		LLVMRemoveCallSiteEnumAttribute(call, operand + 1, kind);
	LLVMAddCallSiteAttribute(call, operand + 1, LLVMCreateEnumAttribute(r->context, kind, WORD));
}

static bool is_large(LLVMValueRef call)
{
	LLVMValueRef size = LLVMGetOperand(call, 2);

	return LLVMIsAConstantInt(size) && LLVMConstIntGetZExtValue(size) >= LARGE;
}

static void large_copies_align(struct rewriter *r, LLVMValueRef at)
{
	bool copy = ir_calls_intrinsic(at, "llvm.memcpy") || ir_calls_intrinsic(at, "llvm.memmove");

	if ((!copy && !ir_calls_intrinsic(at, "llvm.memset")) || !is_large(at))
		return;
	if (align_to_word(r, LLVMGetOperand(at, 0)))
		say_aligned(r, at, 0);
	if (copy && align_to_word(r, LLVMGetOperand(at, 1)))
		say_aligned(r, at, 1);
}

int bcc_align_large_copies(struct rewriter *r)
{
	ir_each_instruction(r, large_copies_align);
	return 0;
}
