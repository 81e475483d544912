/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier accepts loads at constant offsets from the context, but not through a pointer into it that was
 * computed. The code generator makes such pointers for copies, so copies become single loads and stores here.
 *
 *   before:  call void @llvm.memcpy(ptr %to, ptr %args.comm, i64 16)      ; at offset 8 of the context
 *   after:   %w = load i64, ptr %args.comm        store i64 %w, ptr %to
 *            %v = load i64, ptr %args.comm + 8    store i64 %v, ptr %to + 8
 */
#include <string.h>

#include "rewriter/reads/provenance.h"

enum { WORD = 8, MOVES_MAX = 128 };

static bool context_copies_is_copy(LLVMValueRef at)
{
	return ir_calls_intrinsic(at, "llvm.memcpy") || ir_calls_intrinsic(at, "llvm.memmove");
}

static unsigned alignment_of_operand(LLVMValueRef call, unsigned operand)
{
	static const char name[] = "align";
	LLVMAttributeRef align = LLVMGetCallSiteEnumAttribute(
		call, operand + 1, LLVMGetEnumAttributeKindForName(name, sizeof(name) - 1));

	return align ? LLVMGetEnumAttributeValue(align) : 1;
}

/* A variable of the program can be given the alignment of whole words; other destinations keep theirs. */
static unsigned alignment_of_destination(LLVMValueRef call)
{
	LLVMValueRef pointer = LLVMGetOperand(call, 0);

	if (!LLVMIsAAllocaInst(pointer))
		return alignment_of_operand(call, 0);
	if (LLVMGetAlignment(pointer) < WORD)
		LLVMSetAlignment(pointer, WORD);
	return WORD;
}

static LLVMValueRef context_copies_moved(struct rewriter *r, LLVMValueRef pointer, unsigned long long by)
{
	LLVMValueRef index = ir_const(r, 64, by);

	return by ? LLVMBuildGEP2(r->builder, ir_int(r, 8), pointer, &index, 1, "") : pointer;
}

static void context_copies_move(struct rewriter *r, LLVMValueRef copy, unsigned long long at, unsigned width)
{
	LLVMBool is_volatile = LLVMConstIntGetZExtValue(LLVMGetOperand(copy, 3)) != 0;
	LLVMValueRef value, store;

	value = LLVMBuildLoad2(
		r->builder, ir_int(r, width * 8), context_copies_moved(r, LLVMGetOperand(copy, 1), at), "");
	LLVMSetAlignment(value, width);
	LLVMSetVolatile(value, is_volatile);
	store = LLVMBuildStore(r->builder, value, context_copies_moved(r, LLVMGetOperand(copy, 0), at));
	LLVMSetAlignment(store, width);
	LLVMSetVolatile(store, is_volatile);
}

static void context_copies_expand(struct rewriter *r, LLVMValueRef copy)
{
	unsigned long long size = LLVMConstIntGetZExtValue(LLVMGetOperand(copy, 2)), at = 0;
	unsigned from = alignment_of_operand(copy, 1), to = alignment_of_destination(copy);
	unsigned width = WORD;

	while (width > 1 && (width > from || width > to))
		width /= 2;
	if (size / width > MOVES_MAX)
		return;
	ir_build_before(r, copy);
	while (at < size) {
		while (width > size - at)
			width /= 2;
		context_copies_move(r, copy, at, width);
		at += width;
	}
	LLVMInstructionEraseFromParent(copy);
}

static bool is_from_context(struct provenance *provenance, LLVMValueRef at)
{
	static const unsigned context = FROM_CONTEXT | FROM_NET_CONTEXT | FROM_ITER_CONTEXT;
	LLVMValueRef pointer;

	if (!context_copies_is_copy(at) || !LLVMIsAConstantInt(LLVMGetOperand(at, 2)))
		return false;
	pointer = LLVMGetOperand(at, 1);
	return !(ir_provenance(provenance, pointer) & ~context) && !ir_has_variable_offset(pointer);
}

int bcc_expand_context_copies(struct rewriter *r)
{
	struct provenance provenance = {.r = r};
	IR_LIST copies = {0};

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++)
			if (is_from_context(&provenance, instructions.at[i]))
				ir_list_add(&copies, instructions.at[i]);
	}
	for (size_t i = 0; i < copies.count; i++)
		context_copies_expand(r, copies.at[i]);
	ir_provenance_free(&provenance);
	return 0;
}
