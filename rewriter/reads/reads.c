/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns a load from memory that the verifier does not know into a read that returns 0 on a fault.
 *
 *   before:  %pid = load i32, ptr %p                        ; %p = &task->pid (or a load: fault_safe_loads.c)
 *   after:   call i64 @bpf_probe_read_kernel(ptr %slot, i32 4, ptr %p)
 *            %pid = load i32, ptr %slot
 */
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "fault_safe_loads.h"
#include "merged_reads.h"
#include "probe_read.h"
#include "provenance.h"

#define STACK_MAX 512 /* MAX_BPF_STACK of <linux/filter.h> */
#define WORD 8

/* Stack memory shared by reads of one size: each value is taken out at once. */
struct slot {
	unsigned long long size;
	unsigned index; /* if one instruction needs several */
	LLVMValueRef memory;
};

/* An instruction that reads kernel memory: through operand 0, 1 or (comparisons) both. */
struct access {
	LLVMValueRef at;
	bool operand[2];
	bool is_sure;	 /* certainly kernel memory, at an address that the verifier need not see */
	bool is_typed;	 /* the verifier may know its type */
	bool is_user[2]; /* certainly user memory */
	bool is_done;	 /* already read together with another */
};

struct reads {
	struct rewriter *r;
	struct provenance provenance;
	struct access *accesses;
	size_t count, room;
	LLVMValueRef function;
	struct slot slots[STACK_MAX / WORD];
	size_t slot_count;
	unsigned soft_ways;
};

/* ---- plan: ask all questions about pointers before replacing any load that could be an answer ---- */

static void plan_read(struct reads *s, LLVMValueRef at, unsigned operand, unsigned bits)
{
	if (!s->count || s->accesses[s->count - 1].at != at) {
		if (s->count == s->room) {
			s->room = s->room ? s->room * 2 : 64;
			s->accesses = reallocarray(s->accesses, s->room, sizeof(*s->accesses));
			if (!s->accesses)
				abort(); /* as LLVM does */
		}
		s->accesses[s->count++] = (struct access){.at = at,
			.is_sure = (bits & ~FROM_TYPED) == FROM_KERNEL,
			.is_typed = bits & FROM_TYPED};
	}
	s->accesses[s->count - 1].operand[operand] = true;
	s->accesses[s->count - 1].is_user[operand] = bits == FROM_USER;
}

/* Of a context that the object's loader relocates, LLVM puts a field's offset into the instruction only if
 * that loads all of the field: the verifier refuses it in a register. */
static bool reads_relocated_part(struct reads *s, LLVMValueRef at, LLVMValueRef pointer)
{
	unsigned long long size;

	if (!s->r->opts->portable)
		return false;
	if (LLVMIsALoadInst(at) && ir_calls_intrinsic(pointer, "llvm.preserve")) {
		size = LLVMStoreSizeOfType(s->r->layout, LLVMTypeOf(at));
		if (size <= WORD && LLVMGetAlignment(at) >= size)
			return false;
	}
	while (LLVMIsAGetElementPtrInst(pointer) || LLVMIsABitCastInst(pointer))
		pointer = LLVMGetOperand(pointer, 0);
	return ir_calls_intrinsic(pointer, "llvm.preserve");
}

static int check_read(struct reads *s, LLVMValueRef at, unsigned operand)
{
	LLVMValueRef pointer = LLVMGetOperand(at, operand);
	unsigned bits = ir_provenance(&s->provenance, pointer);

	/* a context in kernel memory may be read at offsets that the verifier would not accept */
	if (!(bits & (FROM_KERNEL | FROM_USER)) &&
		(bits != FROM_CONTEXT ||
			(!ir_has_variable_offset(pointer) && !reads_relocated_part(s, at, pointer))))
		return 0;
	/* the program sees other memory there than a helper would */
	if (bits & FROM_NET_CONTEXT && ir_is_reached(at))
		return ir_fail(s->r, at,
			"this pointer may be the context or kernel memory; read each in a separate place");
	plan_read(s, at, operand, bits);
	return 0;
}

static int check_written(struct reads *s, LLVMValueRef at, unsigned operand)
{
	unsigned bits = ir_provenance(&s->provenance, LLVMGetOperand(at, operand));

	if ((bits == FROM_USER || bits == FROM_KERNEL) && !ir_is_reached(at))
		return 0;
	if (bits == FROM_USER)
		return ir_fail(s->r, at,
			"cannot write to user memory; copy it into a local variable first, or use bpf_probe_write_user()");
	if (bits != FROM_KERNEL)
		return 0;
	return ir_fail(s->r, at,
		"cannot write to kernel memory: BPF programs only read it; to change a copy, take it into a variable first (user "
		"memory: bpf_probe_write_user())");
}

static bool reads_is_copy(LLVMValueRef at)
{
	return ir_calls_intrinsic(at, "llvm.memcpy") || ir_calls_intrinsic(at, "llvm.memmove") ||
	       ir_calls_intrinsic(at, "llvm.memcpy.inline");
}

static bool is_comparison(LLVMValueRef call)
{
	LLVMValueRef callee = ir_callee(call);
	size_t length;
	const char *name = callee ? LLVMGetValueName2(callee, &length) : "";

	return (!strcmp(name, "memcmp") || !strcmp(name, "bcmp")) && LLVMIsDeclaration(callee) &&
	       LLVMGetNumArgOperands(call) == 3;
}

static int plan_comparison(struct reads *s, LLVMValueRef call)
{
	LLVMValueRef size = LLVMGetOperand(call, 2);
	size_t before = s->count;
	int ret = check_read(s, call, 0);

	if (!ret)
		ret = check_read(s, call, 1);
	if (!ret && s->count > before &&
		(!LLVMIsAConstantInt(size) || LLVMConstIntGetZExtValue(size) > STACK_MAX))
		ret = ir_fail(s->r, call,
			"memcmp() of kernel memory needs a constant size of at most %d bytes", STACK_MAX);
	return ret;
}

static int reads_plan_instruction(struct reads *s, LLVMValueRef at)
{
	int ret;

	switch (LLVMGetInstructionOpcode(at)) {
	case LLVMLoad:
		return check_read(s, at, 0);
	case LLVMStore:
		return check_written(s, at, 1);
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
		return check_written(s, at, 0);
	case LLVMCall:
		if (is_comparison(at))
			return plan_comparison(s, at);
		if (ir_calls_intrinsic(at, "llvm.memset"))
			return check_written(s, at, 0);
		if (!reads_is_copy(at))
			return 0;
		ret = check_written(s, at, 0);
		return ret ? ret : check_read(s, at, 1);
	default:
		return 0;
	}
}

/* ---- rewrite ---- */

static LLVMValueRef slot_of(struct reads *s, unsigned long long size, unsigned index)
{
	LLVMValueRef memory;

	size = (size + WORD - 1) / WORD * WORD;
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].size == size && s->slots[i].index == index)
			return s->slots[i].memory;
	LLVMPositionBuilderBefore(
		s->r->builder, LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(s->function)));
	LLVMSetCurrentDebugLocation2(s->r->builder, NULL);
	memory = LLVMBuildAlloca(s->r->builder, LLVMArrayType(ir_int(s->r, 8), size), "read");
	LLVMSetAlignment(memory, WORD);
	if (s->slot_count < ARRAY_SIZE(s->slots))
		s->slots[s->slot_count++] = (struct slot){size, index, memory};
	return memory;
}

static void build_access(
	struct reads *s, const struct access *access, unsigned operand, LLVMValueRef to, LLVMValueRef size)
{
	LLVMValueRef from = LLVMGetOperand(access->at, operand);

	ir_build_before(s->r, access->at);
	if (access->is_user[operand])
		build_probe_read(s->r, HELPER_PROBE_READ_USER, to, size, from);
	else
		build_default_probe_read(s->r, to, size, from);
}

static unsigned ways_of(struct reads *s, const struct access *access)
{
	if (!access->is_sure)
		return 0;
	return soft_loads_ways(s->r, access->at, access->is_typed, s->soft_ways);
}

static void reads_rewrite_load(struct reads *s, const struct access *access)
{
	LLVMValueRef load = access->at;
	LLVMTypeRef type = LLVMTypeOf(load);
	unsigned long long size = LLVMStoreSizeOfType(s->r->layout, type);
	LLVMValueRef slot = slot_of(s, size, 0), value;
	unsigned ways = ways_of(s, access);

	if (ways) {
		value = soft_loads_build(s->r, load, slot, ways);
	} else {
		build_access(s, access, 0, slot, ir_const(s->r, 32, size));
		value = LLVMBuildLoad2(s->r->builder, type, slot, "");
		LLVMSetAlignment(value, WORD);
	}
	LLVMReplaceAllUsesWith(load, value);
	LLVMInstructionEraseFromParent(load);
}

/* The helper writes directly to the destination. */
static void reads_rewrite_copy(struct reads *s, const struct access *access)
{
	build_access(s, access, 1, LLVMGetOperand(access->at, 0), LLVMGetOperand(access->at, 2));
	LLVMInstructionEraseFromParent(access->at);
}

/* memcmp becomes loads only in the code generator, too late for this pass: compare copies. */
static void rewrite_comparison(struct reads *s, const struct access *access)
{
	LLVMValueRef call = access->at, size = LLVMGetOperand(call, 2), slot;

	for (unsigned i = 0; i < 2; i++) {
		if (!access->operand[i])
			continue;
		slot = slot_of(s, LLVMConstIntGetZExtValue(size), i);
		build_access(s, access, i, slot, size);
		LLVMSetOperand(call, i, slot);
	}
}

static bool is_mergeable(struct reads *s, const struct access *access)
{
	return LLVMIsALoadInst(access->at) && access->is_sure && !LLVMGetVolatile(access->at) &&
	       soft_loads_fit(s->r, access->at) && !ways_of(s, access);
}

/* Reads what follows in the same block together with `access`. Returns false if nothing does. */
static bool reads_merge(struct reads *s, struct access *access)
{
	struct access *next = access + 1, *end = s->accesses + s->count;
	struct merged_reads merged;

	if (!s->r->opts->merge_reads || !is_mergeable(s, access))
		return false;
	merged_reads_begin(s->r, &merged, access->at);
	for (LLVMValueRef i = LLVMGetNextInstruction(access->at); i && next < end && merged_reads_pass(i);
		i = LLVMGetNextInstruction(i)) {
		while (next < end && next->is_done)
			next++;
		if (next == end || i != next->at)
			continue;
		next->is_done = is_mergeable(s, next) && merged_reads_add(s->r, &merged, i);
		next++;
	}
	if (merged.count < 2)
		return false;
	merged_reads_build(s->r, &merged, slot_of(s, MERGED_BYTES_MAX, 0));
	return true;
}

static void reads_rewrite_access(struct reads *s, struct access *access)
{
	LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(access->at));

	if (function != s->function) {
		s->function = function;
		s->slot_count = 0;
	}
	if (reads_merge(s, access))
		return;
	if (LLVMIsALoadInst(access->at))
		reads_rewrite_load(s, access);
	else if (reads_is_copy(access->at))
		reads_rewrite_copy(s, access);
	else
		rewrite_comparison(s, access);
}

/* Inlined code splits its block; only allocas in the first block are part of the frame. */
static void raise_allocas(struct reads *s, LLVMValueRef function)
{
	IR_LIST instructions = ir_instructions(function);
	LLVMBasicBlockRef entry = LLVMIsDeclaration(function) ? NULL : LLVMGetEntryBasicBlock(function);
	LLVMValueRef first = entry ? LLVMGetFirstInstruction(entry) : NULL;

	LLVMSetCurrentDebugLocation2(s->r->builder, NULL);
	for (size_t i = 0; i < instructions.count; i++) {
		LLVMValueRef at = instructions.at[i];

		if (at == first || !LLVMIsAAllocaInst(at) || LLVMGetInstructionParent(at) != entry ||
			!LLVMIsAConstant(LLVMGetOperand(at, 0)))
			continue;
		LLVMInstructionRemoveFromParent(at);
		LLVMPositionBuilderBefore(s->r->builder, first);
		LLVMInsertIntoBuilder(s->r->builder, at);
	}
}

/* Removes the marks once they have been used. */
static void remove_marks(LLVMValueRef function)
{
	IR_LIST instructions = ir_instructions(function);

	for (size_t i = 0; i < instructions.count; i++) {
		LLVMValueRef call = instructions.at[i];

		if (!ir_marks_user_pointer(call))
			continue;
		LLVMReplaceAllUsesWith(call, LLVMGetOperand(call, 0));
		LLVMInstructionEraseFromParent(call);
	}
}

static bool is_soft(const struct access *access)
{
	return access->is_sure && LLVMIsALoadInst(access->at);
}

int bcc_rewrite_reads(struct rewriter *r)
{
	struct reads s = {.r = r, .provenance.r = r};
	int ret = 0;

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f && !ret; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count && !ret; i++)
			ret = reads_plan_instruction(&s, instructions.at[i]);
		raise_allocas(&s, f);
	}
	for (size_t i = 0; i < s.count && !ret; i++) {
		if (is_soft(&s.accesses[i])) {
			s.soft_ways = soft_loads_begin(r);
			break;
		}
	}
	for (size_t i = 0; i < s.count && !ret; i++)
		if (!s.accesses[i].is_done)
			reads_rewrite_access(&s, &s.accesses[i]);
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f && !ret; f = LLVMGetNextFunction(f))
		remove_marks(f);
	ir_provenance_free(&s.provenance);
	free(s.accesses);
	return ret;
}
