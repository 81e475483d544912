/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A variable whose address is passed on, as in for (int i = 0; i < 10; i++) { … table.lookup(&i) … }, is on
 * the stack. Of what is there, the verifier knows the numbers that begin at multiples of 8 (those of 4
 * bytes since Linux 5.16): it loses count of a counter that lies between, and takes the loop for an endless
 * one; of an index or a size it forgets the limit.
 *
 *   before:  %i = alloca i32, align 4
 *            %n = load i32, ptr %i
 *            %next = add i32 %n, 1
 *            store i32 %next, ptr %i
 *   after:   %i = alloca i32, align 8
 */
#include "rewriter/ir.h"

enum { SLOT = 8, INDEX_STEPS_MAX = 6 };

/* Whether it is stored again with a constant added to what it was. */
static bool number_counts(LLVMValueRef variable)
{
	for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef store = LLVMGetUser(use), sum, before;

		if (!LLVMIsAStoreInst(store) || LLVMGetOperand(store, 1) != variable)
			continue;
		sum = LLVMGetOperand(store, 0);
		if (!LLVMIsABinaryOperator(sum) || LLVMGetInstructionOpcode(sum) != LLVMAdd ||
			!LLVMIsAConstantInt(LLVMGetOperand(sum, 1)))
			continue;
		before = LLVMGetOperand(sum, 0);
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

void bcc_align_numbers(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		/* the optimised program has its variables at the beginning */
		LLVMBasicBlockRef entry = LLVMIsDeclaration(f) ? NULL : LLVMGetEntryBasicBlock(f);

		for (LLVMValueRef i = entry ? LLVMGetFirstInstruction(entry) : NULL; i;
			i = LLVMGetNextInstruction(i))
			if (LLVMIsAAllocaInst(i) &&
				LLVMGetTypeKind(LLVMGetAllocatedType(i)) == LLVMIntegerTypeKind &&
				LLVMGetAlignment(i) < SLOT && (number_counts(i) || number_limits(i)))
				LLVMSetAlignment(i, SLOT);
	}
}
