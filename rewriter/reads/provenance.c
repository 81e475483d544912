/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds where a pointer comes from, through address arithmetic, casts, phis, selects and memory.
 *
 *   %a = alloca …                           own: left alone
 *   %v = call ptr inttoptr (1)(@counts, %k) own (map value)
 *   %n = load ptr, ptr (%v + 8)             kernel: a pointer kept in a map came from elsewhere
 */
#include "provenance.h"

#include <string.h>

#include "common/program_kind.h"

#define USER_POINTER "__bcc_user_pointer"

/* One query: each value on the way is visited once, so that loops end. */
struct walk {
	struct provenance *p;
	struct ir_map seen;
};

static unsigned provenance_origins(struct walk *w, LLVMValueRef value);

static unsigned origins_of_operands(struct walk *w, LLVMValueRef user, unsigned first, unsigned count)
{
	unsigned bits = 0;

	for (unsigned i = first; i < first + count; i++)
		bits |= provenance_origins(w, LLVMGetOperand(user, i));
	return bits;
}

/* An integer that is added to a pointer does not say where the sum points. */
static unsigned origins_of_sum(struct walk *w, LLVMValueRef sum)
{
	unsigned a = provenance_origins(w, LLVMGetOperand(sum, 0)),
		 b = provenance_origins(w, LLVMGetOperand(sum, 1));

	if ((a & ~FROM_INTEGER) && !(b & ~FROM_INTEGER))
		return a;
	if ((b & ~FROM_INTEGER) && !(a & ~FROM_INTEGER))
		return b;
	return a | b;
}

static unsigned origin_of_helper(long helper)
{
	switch (helper) {
	case HELPER_MAP_LOOKUP_ELEM:
	case HELPER_MAP_LOOKUP_PERCPU_ELEM:
	case HELPER_GET_LOCAL_STORAGE:
	case HELPER_SK_STORAGE_GET:
	case HELPER_INODE_STORAGE_GET:
	case HELPER_TASK_STORAGE_GET:
	case HELPER_CGRP_STORAGE_GET:
	case HELPER_RINGBUF_RESERVE:
	case HELPER_DYNPTR_DATA:
		return FROM_OWN;
	case HELPER_SK_LOOKUP_TCP:
	case HELPER_SK_LOOKUP_UDP:
	case HELPER_SKC_LOOKUP_TCP:
	case HELPER_SK_FULLSOCK:
	case HELPER_TCP_SOCK:
	case HELPER_GET_LISTENER_SOCK:
	case HELPER_SKC_TO_UNIX_SOCK:
	case HELPER_SKC_TO_MPTCP_SOCK:
	case HELPER_PER_CPU_PTR:
	case HELPER_THIS_CPU_PTR:
	case HELPER_KPTR_XCHG:
		return FROM_TRACKED;
	case HELPER_GET_CURRENT_TASK_BTF:
		return FROM_KERNEL | FROM_TYPED;
	}
	if (helper >= HELPER_SKC_TO_TCP6_SOCK && helper <= HELPER_SKC_TO_UDP6_SOCK)
		return FROM_TRACKED;
	return FROM_INTEGER;
}

static unsigned origins_of_returns(struct walk *w, LLVMValueRef function)
{
	unsigned bits = 0;

	for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(b);

		if (end && LLVMIsAReturnInst(end) && LLVMGetNumOperands(end))
			bits |= provenance_origins(w, LLVMGetOperand(end, 0));
	}
	return bits;
}

bool ir_marks_user_pointer(LLVMValueRef instruction)
{
	LLVMValueRef callee = ir_callee(instruction);
	size_t length;

	return callee && !strcmp(LLVMGetValueName2(callee, &length), USER_POINTER);
}

/* It hides a value from the optimiser and gives it back, or computes one. From packets and contexts of
 * network programs nothing comes that could be read otherwise than as the verifier knows it. */
static unsigned origins_of_assembly(struct walk *w, LLVMValueRef call)
{
	unsigned bits = origins_of_operands(w, call, 0, LLVMGetNumArgOperands(call));

	if (bits & (FROM_TRACKED | FROM_NET_CONTEXT))
		return (bits & ~FROM_INTEGER) | FROM_TRACKED;
	return bits | FROM_INTEGER;
}

static unsigned origins_of_call(struct walk *w, LLVMValueRef call)
{
	long helper = ir_helper_of(call);
	LLVMValueRef callee = ir_callee(call);
	const char *section;

	if (helper)
		return origin_of_helper(helper);
	if (LLVMIsAInlineAsm(LLVMGetCalledValue(call)))
		return origins_of_assembly(w, call);
	if (!callee)
		return FROM_INTEGER;
	if (ir_calls_intrinsic(call, "llvm.preserve.array.access.index") ||
		ir_calls_intrinsic(call, "llvm.preserve.struct.access.index") ||
		ir_calls_intrinsic(call, "llvm.preserve.union.access.index") ||
		ir_calls_intrinsic(call, "llvm.preserve.static.offset") ||
		ir_calls_intrinsic(call, "llvm.expect") ||
		ir_calls_intrinsic(call, "llvm.launder.invariant.group"))
		return provenance_origins(w, LLVMGetOperand(call, 0));
	if (ir_calls_intrinsic(call, "llvm.bpf.passthrough"))
		return provenance_origins(w, LLVMGetOperand(call, 1));
	if (!LLVMIsDeclaration(callee))
		return origins_of_returns(w, callee);
	if (ir_marks_user_pointer(call))
		return FROM_USER;
	section = LLVMGetSection(callee);
	return section && !strcmp(section, ".ksyms") ? FROM_TRACKED : FROM_INTEGER;
}

static unsigned origin_of_context(LLVMValueRef function)
{
	const struct bcc_program_kind *iterator = &bcc_program_kinds[BCC_KIND_ITER];
	LLVMAttributeRef attribute =
		LLVMGetStringAttributeAtIndex(function, LLVMAttributeFunctionIndex, "bcc-ctx", 7);
	unsigned length = 0;
	const char *name = attribute ? LLVMGetStringAttributeValue(attribute, &length) : "";
	const struct bcc_program_context *context = bcc_program_context_find(name, length);

	if (context && context->translated)
		return FROM_NET_CONTEXT;
	if (length > iterator->function_length &&
		!memcmp(name, iterator->function, iterator->function_length))
		return FROM_ITER_CONTEXT;
	return FROM_CONTEXT;
}

/* Whether the verifier knows the types of a program's arguments from the kernel's BTF. */
static bool has_typed_arguments(LLVMValueRef function)
{
	const char *section = LLVMGetSection(function), *rest;
	const struct bcc_program_kind *kind;
	struct bcc_program_section parsed;
	size_t length;

	if (section && bcc_program_section_parse(section, &parsed) && (parsed.kind->traits & BCC_TRAIT_TYPED))
		return true;
	kind = bcc_program_kind_of_function(LLVMGetValueName2(function, &length), &rest);
	return kind && (kind->traits & BCC_TRAIT_TYPED);
}

static unsigned argument_index(LLVMValueRef function, LLVMValueRef argument)
{
	unsigned i = 0;

	while (LLVMGetParam(function, i) != argument)
		i++;
	return i;
}

/* Helpers pass pointers to tables, values and the stack to a callback; bpf_find_vma() passes the task and the
 * area. */
static unsigned origin_of_callback_argument(LLVMValueRef user, unsigned index)
{
	return ir_helper_of(user) == HELPER_FIND_VMA && index < 2 ? FROM_KERNEL : FROM_OWN;
}

static unsigned origins_of_argument(struct walk *w, LLVMValueRef argument)
{
	LLVMValueRef function = LLVMGetParamParent(argument), user;
	unsigned bits = 0, index = argument_index(function, argument);

	if (ir_is_program(function) && index == 0)
		return origin_of_context(function);
	for (LLVMUseRef use = LLVMGetFirstUse(function); use; use = LLVMGetNextUse(use)) {
		user = LLVMGetUser(use);
		if (LLVMIsACallInst(user) && ir_callee(user) == function &&
			index < LLVMGetNumArgOperands(user))
			bits |= provenance_origins(w, LLVMGetOperand(user, index));
		else if (LLVMIsACallInst(user))
			bits |= origin_of_callback_argument(user, index);
	}
	return bits ? bits : FROM_KERNEL;
}

/* What has been stored into a local variable that is not in SSA form; false if something else may have
 * written to it. */
static bool stored_origins(struct walk *w, LLVMValueRef address, unsigned *bits)
{
	LLVMValueRef user;

	for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
		user = LLVMGetUser(use);
		if (LLVMIsALoadInst(user) || LLVMIsAICmpInst(user) ||
			ir_calls_intrinsic(user, "llvm.memset") ||
			ir_calls_intrinsic(user, "llvm.lifetime.start") ||
			ir_calls_intrinsic(user, "llvm.lifetime.end"))
			continue;
		if (LLVMIsAGetElementPtrInst(user)) {
			if (!stored_origins(w, user, bits))
				return false;
		} else if (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 1) == address) {
			*bits |= provenance_origins(w, LLVMGetOperand(user, 0));
		} else {
			return false;
		}
	}
	return true;
}

static LLVMValueRef provenance_base_of(LLVMValueRef pointer)
{
	while (LLVMIsAGetElementPtrInst(pointer) || LLVMIsABitCastInst(pointer) ||
		(LLVMIsAConstantExpr(pointer) && LLVMGetConstOpcode(pointer) == LLVMGetElementPtr))
		pointer = LLVMGetOperand(pointer, 0);
	return pointer;
}

static bool at_context_start(LLVMValueRef pointer)
{
	while (ir_calls_intrinsic(pointer, "llvm.preserve.struct.access.index") &&
		LLVMConstIntGetZExtValue(LLVMGetOperand(pointer, 1)) == 0)
		pointer = LLVMGetOperand(pointer, 0);
	return LLVMIsAArgument(pointer);
}

/* What a value loaded from the program's own memory can be: for local variables what was stored there,
 * otherwise anything. */
static unsigned origins_of_own_content(struct walk *w, LLVMValueRef load, unsigned plain)
{
	LLVMValueRef base = provenance_base_of(LLVMGetOperand(load, 0));
	unsigned bits = 0;

	if (LLVMIsAGlobalVariable(base) && LLVMIsGlobalConstant(base))
		return FROM_OWN;
	if (!LLVMIsAAllocaInst(base))
		return plain;
	/* the verifier loses track of pointers that are read at a variable offset, wherever they point */
	if (ir_has_variable_offset(LLVMGetOperand(load, 0)))
		return plain | FROM_UNSURE;
	return stored_origins(w, base, &bits) ? bits : plain | FROM_UNSURE;
}

/* Whether it is loaded as a number, which the text turns into a pointer. */
static bool is_typed_argument(LLVMValueRef load, unsigned bits)
{
	LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(load));

	return bits == FROM_CONTEXT &&
	       LLVMStoreSizeOfType(
		       LLVMGetModuleDataLayout(LLVMGetGlobalParent(function)), LLVMTypeOf(load)) == 8 &&
	       has_typed_arguments(function);
}

static unsigned origins_of_load(struct walk *w, LLVMValueRef load)
{
	bool pointer = LLVMGetTypeKind(LLVMTypeOf(load)) == LLVMPointerTypeKind;
	unsigned plain = pointer ? FROM_KERNEL : FROM_INTEGER, bits, *under_way;
	LLVMValueRef address = LLVMGetOperand(load, 0);

	under_way = ir_map_at(&w->p->loads, load, true);
	if (*under_way) {
		w->p->cut = true;
		return 0;
	}
	*under_way = 1;
	w->p->depth++;
	bits = ir_provenance(w->p, address);
	if (bits & (FROM_KERNEL | FROM_INTEGER))
		bits = plain | (pointer ? bits & FROM_TYPED : 0);
	else if (bits & (FROM_NET_CONTEXT | FROM_TRACKED))
		bits = FROM_TRACKED;
	else if (bits &
		 FROM_ITER_CONTEXT) /* the first member, the iterator's state, is only to be passed on */
		bits = at_context_start(address) ? FROM_TRACKED : plain | FROM_TYPED;
	else if (bits & FROM_OWN)
		bits = origins_of_own_content(w, load, plain);
	else
		bits = is_typed_argument(load, bits) ? plain | FROM_TYPED : plain;
	*ir_map_at(&w->p->loads, load, true) = 0;
	w->p->depth--;
	return bits;
}

static unsigned origins_of_instruction(struct walk *w, LLVMValueRef value)
{
	unsigned bits = 0;

	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMAlloca:
		return FROM_OWN;
	case LLVMGetElementPtr:
	case LLVMBitCast:
	case LLVMAddrSpaceCast:
	case LLVMIntToPtr:
	case LLVMPtrToInt:
	case LLVMZExt:
	case LLVMSExt:
	case LLVMTrunc:
	case LLVMFreeze:
	case LLVMExtractValue:
	case LLVMExtractElement:
		return provenance_origins(w, LLVMGetOperand(value, 0));
	case LLVMInsertValue:
	case LLVMInsertElement:
		return origins_of_operands(w, value, 0, 2);
	case LLVMSelect:
		return origins_of_operands(w, value, 1, 2);
	case LLVMAdd:
	case LLVMSub:
	case LLVMAnd:
	case LLVMOr:
	case LLVMXor:
		return origins_of_sum(w, value);
	case LLVMPHI:
		for (unsigned i = 0; i < LLVMCountIncoming(value); i++)
			bits |= provenance_origins(w, LLVMGetIncomingValue(value, i));
		return bits;
	case LLVMLoad:
		return origins_of_load(w, value);
	case LLVMCall:
		return origins_of_call(w, value);
	default:
		return FROM_INTEGER;
	}
}

static unsigned origins_of_constant(struct walk *w, LLVMValueRef value)
{
	if (LLVMIsAGlobalValue(value))
		return ir_is_kernel_symbol(value) ? FROM_KERNEL : FROM_OWN;
	if (!LLVMIsAConstantExpr(value))
		return 0; /* NULL, numbers, undefined */
	switch (LLVMGetConstOpcode(value)) {
	case LLVMGetElementPtr:
	case LLVMPtrToInt:
	case LLVMIntToPtr:
	case LLVMBitCast:
	case LLVMAddrSpaceCast:
		return provenance_origins(w, LLVMGetOperand(value, 0));
	case LLVMAdd:
	case LLVMSub:
		return origins_of_sum(w, value);
	default:
		return 0;
	}
}

static unsigned provenance_origins(struct walk *w, LLVMValueRef value)
{
	unsigned *seen, bits;

	if (LLVMIsConstant(value))
		return origins_of_constant(w, value);
	seen = ir_map_at(&w->seen, value, true);
	if (*seen)
		return *seen >> 1;
	*seen = 1;
	if (LLVMIsAArgument(value))
		bits = origins_of_argument(w, value);
	else
		bits = LLVMIsAInstruction(value) ? origins_of_instruction(w, value) : FROM_INTEGER;
	*ir_map_at(&w->seen, value, true) = bits << 1 | 1;
	return bits;
}

unsigned ir_provenance(struct provenance *p, LLVMValueRef pointer)
{
	struct walk walk = {.p = p};
	bool cut = p->cut;
	unsigned bits, *known = ir_map_at(&p->known, pointer, false);

	if (known)
		return *known;
	p->cut = false;
	bits = provenance_origins(&walk, pointer);
	ir_map_free(&walk.seen);
	if (bits & FROM_INTEGER)
		bits = (bits & ~FROM_INTEGER) | FROM_KERNEL;
	if (!bits)
		bits = FROM_KERNEL;
	if (!p->cut || !p->depth)
		*ir_map_at(&p->known, pointer, true) = bits;
	p->cut |= cut;
	return bits;
}

void ir_provenance_free(struct provenance *p)
{
	ir_map_free(&p->known);
	ir_map_free(&p->loads);
}

bool ir_has_variable_offset(LLVMValueRef pointer)
{
	for (;; pointer = LLVMGetOperand(pointer, 0)) {
		if (ir_calls_intrinsic(pointer, "llvm.preserve")) {
			if (LLVMGetNumArgOperands(pointer) > 2 && !LLVMIsConstant(LLVMGetOperand(pointer, 2)))
				return true;
			continue;
		}
		if (!LLVMIsAGetElementPtrInst(pointer))
			return false;
		for (int i = 1; i < LLVMGetNumOperands(pointer); i++)
			if (!LLVMIsConstant(LLVMGetOperand(pointer, i)))
				return true;
	}
}
