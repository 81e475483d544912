/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A variable whose address is passed on, as in for (int i = 0; i < 10; i++) { … table.lookup(&i) … }, is
 * on the stack, and after the call it is read from there again: the helper might have changed it. The
 * verifier forgets what it knew of a number that a helper was given (until Linux 6.14, or if it does not
 * begin at a multiple of 8): it loses count of a counter, and takes the loop for an endless one; of an
 * index or a size it forgets the limit. So LLVM is told which helpers only read, and keeps the number in a
 * register; what it leaves on the stack all the same is aligned.
 *
 *   before:  %i = alloca i32, align 4
 *            %n = load i32, ptr %i
 *            %next = add i32 %n, 1
 *            store i32 %next, ptr %i
 *            … call ptr inttoptr (i64 1 to ptr)(ptr @table, ptr %i)
 *   after:   … call ptr inttoptr (i64 1 to ptr)(ptr @table, ptr nocapture readonly %i)
 *   and:     %i = alloca i32, align 8
 */
#include <string.h>

#include "rewriter/ir.h"

enum { SLOT = 8, INDEX_STEPS_MAX = 6 };

/* Numbers of less than 32 bits are computed with as wider ones. */
static LLVMValueRef number_without_casts(LLVMValueRef value)
{
	while (LLVMIsACastInst(value))
		value = LLVMGetOperand(value, 0);
	return value;
}

/* Whether it is stored again with a constant added to what it was. */
static bool number_counts(LLVMValueRef variable)
{
	for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef store = LLVMGetUser(use), sum, before;

		if (!LLVMIsAStoreInst(store) || LLVMGetOperand(store, 1) != variable)
			continue;
		sum = number_without_casts(LLVMGetOperand(store, 0));
		if (!LLVMIsABinaryOperator(sum) || LLVMGetInstructionOpcode(sum) != LLVMAdd ||
			!LLVMIsAConstantInt(LLVMGetOperand(sum, 1)))
			continue;
		before = number_without_casts(LLVMGetOperand(sum, 0));
		if (LLVMIsALoadInst(before) && LLVMGetOperand(before, 0) == variable)
			return true;
	}
	return false;
}

/* Whether the helper takes a size besides pointers, flags and keys. */
static bool number_is_size(LLVMValueRef call)
{
	switch (ir_helper_of(call)) {
	case HELPER_PROBE_READ:
	case HELPER_SKB_STORE_BYTES:
	case HELPER_PERF_EVENT_OUTPUT:
	case HELPER_SKB_LOAD_BYTES:
	case HELPER_PROBE_READ_STR:
	case HELPER_PROBE_READ_USER:
	case HELPER_PROBE_READ_KERNEL:
	case HELPER_PROBE_READ_USER_STR:
	case HELPER_PROBE_READ_KERNEL_STR:
	case HELPER_RINGBUF_OUTPUT:
	case HELPER_XDP_LOAD_BYTES:
	case HELPER_XDP_STORE_BYTES:
		return true;
	default:
		return false;
	}
}

/* Whether a place in memory depends on the value, or how much is read or written. */
static bool number_leads(LLVMValueRef value, int depth)
{
	if (depth > INDEX_STEPS_MAX)
		return false;
	for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsAGetElementPtrInst(user) || (LLVMIsACallInst(user) && number_is_size(user)))
			return true;
		if ((LLVMIsACastInst(user) || LLVMIsABinaryOperator(user)) && number_leads(user, depth + 1))
			return true;
	}
	return false;
}

static bool number_limits(LLVMValueRef variable)
{
	for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef load = LLVMGetUser(use);

		if (LLVMIsALoadInst(load) && number_leads(load, 0))
			return true;
	}
	return false;
}

static bool number_is_tracked(LLVMValueRef variable)
{
	return LLVMIsAAllocaInst(variable) &&
	       LLVMGetTypeKind(LLVMGetAllocatedType(variable)) == LLVMIntegerTypeKind &&
	       (number_counts(variable) || number_limits(variable));
}

/* Whether the helper only reads what this argument points to. */
static bool number_is_only_read(LLVMValueRef call, unsigned argument)
{
	switch (ir_helper_of(call)) {
	case HELPER_MAP_LOOKUP_ELEM:
	case HELPER_MAP_DELETE_ELEM:
	case HELPER_RINGBUF_OUTPUT:
		return argument == 1;
	case HELPER_MAP_UPDATE_ELEM:
		return argument == 1 || argument == 2;
	case HELPER_SKB_STORE_BYTES:
		return argument == 2;
	case HELPER_PERF_EVENT_OUTPUT:
		return argument == 3;
	default:
		return false;
	}
}

static void number_add_attribute(struct rewriter *r, LLVMValueRef call, unsigned argument, const char *name)
{
	unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));

	if (kind)
		LLVMAddCallSiteAttribute(call, argument + 1, LLVMCreateEnumAttribute(r->context, kind, 0));
}

static void number_tell_call(struct rewriter *r, LLVMValueRef call, LLVMValueRef variable)
{
	unsigned count = LLVMGetNumArgOperands(call);

	for (unsigned i = 0; i < count; i++) {
		if (LLVMGetOperand(call, i) != variable || !number_is_only_read(call, i))
			continue;
		number_add_attribute(r, call, i, "readonly");
		number_add_attribute(r, call, i, "nocapture");
		number_add_attribute(r, call, i, "captures"); /* none; its name since LLVM 21 */
	}
}

static void number_tell_reads(struct rewriter *r, LLVMValueRef variable)
{
	if (!number_is_tracked(variable))
		return;
	for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsACallInst(user) && ir_helper_of(user))
			number_tell_call(r, user, variable);
	}
}

void bcc_tell_read_numbers(struct rewriter *r)
{
	ir_each_instruction(r, number_tell_reads);
}

void bcc_align_numbers(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		/* the optimised program has its variables at the beginning */
		LLVMBasicBlockRef entry = LLVMIsDeclaration(f) ? NULL : LLVMGetEntryBasicBlock(f);

		for (LLVMValueRef i = entry ? LLVMGetFirstInstruction(entry) : NULL; i;
			i = LLVMGetNextInstruction(i))
			if (number_is_tracked(i) && LLVMGetAlignment(i) < SLOT)
				LLVMSetAlignment(i, SLOT);
	}
}
