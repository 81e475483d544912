/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills the padding of local structs with zeros. A table compares keys byte by byte, and events go to user
 * space whole; C leaves padding as it was on the stack, so that equal keys differ, and events hand out what
 * was there, where the verifier does not refuse the program.
 *
 *   before:  %key = alloca { i32, i64 }
 *            call void @llvm.lifetime.start(i64 16, ptr %key)
 *   after:   ...
 *            call void @llvm.memset(ptr %key + 4, i8 0, i64 4)
 *
 * Where the program writes the whole struct, or does not need it in memory, LLVM drops it again.
 */
#include "rewriter/ir.h"

/* Elements of arrays are filled one by one: beyond this, they do not fit on the stack either. */
enum { PADDING_GAPS_MAX = 64 };

struct padding {
	struct rewriter *r;
	LLVMValueRef variable;
	unsigned count;
};

/* Counts the gaps of a `type` that is at `offset` in the variable, and with `build` fills them. */
static void padding_of_type(struct padding *p, LLVMTypeRef type, unsigned long long offset, bool build);

static void padding_fill(struct padding *p, unsigned long long begin, unsigned long long end, bool build)
{
	struct rewriter *r = p->r;
	LLVMValueRef where;

	if (begin >= end)
		return;
	p->count++;
	if (!build)
		return;
	where = ir_build_offset(r, p->variable, (long long)begin);
	LLVMBuildMemSet(r->builder, where, ir_const(r, 8, 0), ir_const(r, 64, end - begin), 1);
}

static void padding_of_struct(struct padding *p, LLVMTypeRef type, unsigned long long offset, bool build)
{
	unsigned long long end = 0, begin;

	for (unsigned i = 0; i < LLVMCountStructElementTypes(type); i++) {
		LLVMTypeRef member = LLVMStructGetTypeAtIndex(type, i);

		begin = LLVMOffsetOfElement(p->r->layout, type, i);
		padding_fill(p, offset + end, offset + begin, build);
		padding_of_type(p, member, offset + begin, build);
		end = begin + LLVMABISizeOfType(p->r->layout, member);
	}
	padding_fill(p, offset + end, offset + LLVMABISizeOfType(p->r->layout, type), build);
}

static void padding_of_type(struct padding *p, LLVMTypeRef type, unsigned long long offset, bool build)
{
	unsigned long long size;
	LLVMTypeRef element;

	if (LLVMGetTypeKind(type) == LLVMStructTypeKind) {
		padding_of_struct(p, type, offset, build);
	} else if (LLVMGetTypeKind(type) == LLVMArrayTypeKind) {
		element = LLVMGetElementType(type);
		size = LLVMABISizeOfType(p->r->layout, element);
		for (unsigned i = 0; i < LLVMGetArrayLength(type); i++) {
			unsigned before = p->count;

			padding_of_type(p, element, offset + i * size, build);
			if (p->count == before || p->count > PADDING_GAPS_MAX)
				break;
		}
	}
}

static void padding_build(struct padding *p, LLVMValueRef at)
{
	LLVMPositionBuilderBefore(p->r->builder, at);
	LLVMSetCurrentDebugLocation2(p->r->builder, NULL);
	padding_of_type(p, LLVMGetAllocatedType(p->variable), 0, true);
}

static void padding_of_variable(struct rewriter *r, LLVMValueRef variable)
{
	struct padding p = {.r = r, .variable = variable};
	LLVMValueRef after = LLVMGetNextInstruction(variable), user;
	IR_LIST starts = {0};

	padding_of_type(&p, LLVMGetAllocatedType(variable), 0, false);
	if (!p.count || p.count > PADDING_GAPS_MAX)
		return;
	/* what is written before its life begins is lost */
	for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
		user = LLVMGetUser(use);
		if (ir_calls_intrinsic(user, "llvm.lifetime.start"))
			ir_list_add(&starts, LLVMGetNextInstruction(user));
	}
	for (size_t i = 0; i < starts.count; i++)
		padding_build(&p, starts.at[i]);
	if (starts.count)
		return;
	while (LLVMIsAAllocaInst(after))
		after = LLVMGetNextInstruction(after);
	padding_build(&p, after);
}

int bcc_fill_padding(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = {0};

		if (LLVMIsDeclaration(f))
			continue;
		instructions = ir_instructions(f);
		for (size_t i = 0; i < instructions.count; i++)
			if (LLVMIsAAllocaInst(instructions.at[i]))
				padding_of_variable(r, instructions.at[i]);
	}
	return 0;
}
