/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the events that a ring buffer has no room for: the kernel tells nobody but the program, which mostly
 * ignores it. What succeeds pays for it with a branch at most; where the program tests the result too, the
 * optimiser makes one test of both.
 *
 *   before:  %e = call ptr inttoptr (i64 131 to ptr)(ptr @events, i64 16, i64 0)
 *   after:   %e = call ptr inttoptr (i64 131 to ptr)(ptr @events, i64 16, i64 0)
 *            %refused = icmp eq ptr %e, null
 *            br i1 %refused, label %count, label %rest
 *          count:
 *            atomicrmw add ptr @__bcc_refused_events, i64 1 monotonic
 *            br label %rest
 *
 * A counter is named after the table; that of calls whose table is not known has no name after the prefix.
 * libbcc/object/refused_events.c reads them.
 */
#include <stdio.h>
#include <string.h>

#include "ir.h"

static bool is_table(LLVMValueRef value)
{
	return LLVMIsAGlobalVariable(value) && LLVMGetSection(value) &&
	       !strncmp(LLVMGetSection(value), ".maps", strlen(".maps"));
}

/* Of a buffer that was found in a table of buffers, the name of that; "" if it is not known. */
static const char *name_of_ring(LLVMValueRef map)
{
	size_t length;

	if (ir_helper_of(map) == HELPER_MAP_LOOKUP_ELEM)
		map = LLVMGetOperand(map, 0);
	return is_table(map) ? LLVMGetValueName2(map, &length) : "";
}

static LLVMValueRef counter_of(struct rewriter *r, LLVMValueRef call)
{
	LLVMValueRef counter;
	char name[512];

	snprintf(name, sizeof(name), "__bcc_refused_%s", name_of_ring(LLVMGetOperand(call, 0)));
	counter = LLVMGetNamedGlobal(r->module, name);
	if (counter)
		return counter;
	counter = LLVMAddGlobal(r->module, ir_int(r, 64), name);
	LLVMSetInitializer(counter, ir_const(r, 64, 0));
	LLVMSetLinkage(counter, LLVMInternalLinkage);
	LLVMSetSection(counter, ".bcc.refused");
	LLVMSetAlignment(counter, 8);
	return counter;
}

/* A program that never tests what it reserved is refused by the verifier, whose message is clearer if nobody
 * else does. */
static bool may_be_tested(LLVMValueRef pointer)
{
	for (LLVMUseRef use = LLVMGetFirstUse(pointer); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsAICmpInst(user) || LLVMIsAPHINode(user) || LLVMIsASelectInst(user))
			return true;
	}
	return false;
}

static bool can_be_refused(LLVMValueRef call)
{
	LLVMTypeKind result = LLVMGetTypeKind(LLVMTypeOf(call));

	switch (ir_helper_of(call)) {
	case HELPER_RINGBUF_RESERVE:
		return result == LLVMPointerTypeKind && may_be_tested(call);
	case HELPER_RINGBUF_OUTPUT:
	case HELPER_RINGBUF_RESERVE_DYNPTR:
		return result == LLVMIntegerTypeKind;
	default:
		return false;
	}
}

static void count_if_refused(struct rewriter *r, LLVMValueRef call)
{
	LLVMValueRef counter, next, refused;
	LLVMBasicBlockRef rest, count;
	bool is_pointer;

	if (!LLVMIsACallInst(call) || !can_be_refused(call))
		return;
	counter = counter_of(r, call);
	next = LLVMGetNextInstruction(call);
	rest = LLVMGetInstructionParent(next);
	is_pointer = LLVMGetTypeKind(LLVMTypeOf(call)) == LLVMPointerTypeKind;
	ir_cut_before(r, next);
	refused = LLVMBuildICmp(
		r->builder, is_pointer ? LLVMIntEQ : LLVMIntSLT, call, LLVMConstNull(LLVMTypeOf(call)), "");
	count = LLVMInsertBasicBlockInContext(r->context, rest, "");
	LLVMBuildCondBr(r->builder, refused, count, rest);
	LLVMPositionBuilderAtEnd(r->builder, count);
	LLVMBuildAtomicRMW(r->builder, LLVMAtomicRMWBinOpAdd, counter, ir_const(r, 64, 1),
		LLVMAtomicOrderingMonotonic, false);
	LLVMBuildBr(r->builder, rest);
}

int bcc_count_refused_events(struct rewriter *r)
{
	ir_each_instruction(r, count_if_refused);
	return 0;
}
