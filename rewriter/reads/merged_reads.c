/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading several fields at once costs little more than reading one. If that fails, each is read by itself,
 * so that the result is the same as with single reads.
 *
 *   before:  %pid = load i32, ptr (%task + 1464)
 *            %tgid = load i32, ptr (%task + 1468)
 *   after:   %failed = call i64 @bpf_probe_read_kernel(ptr %slot, i32 8, ptr (%task + 1464))
 *            %pid = load i32, ptr %slot
 *            %tgid = load i32, ptr (%slot + 4)              ; unless %failed
 */
#include "merged_reads.h"

#include "probe_read.h"

void merged_reads_begin(struct rewriter *r, struct merged_reads *m, LLVMValueRef load)
{
	*m = (struct merged_reads){.count = 1, .loads = {load}};
	m->base = ir_base_of(r, LLVMGetOperand(load, 0), &m->offsets[0]);
	m->low = m->offsets[0];
	m->high = m->low + (long long)LLVMStoreSizeOfType(r->layout, LLVMTypeOf(load));
}

bool merged_reads_add(struct rewriter *r, struct merged_reads *m, LLVMValueRef load)
{
	long long offset, end, low, high;

	if (ir_base_of(r, LLVMGetOperand(load, 0), &offset) != m->base || m->count == MERGED_LOADS_MAX)
		return false;
	end = offset + (long long)LLVMStoreSizeOfType(r->layout, LLVMTypeOf(load));
	low = offset < m->low ? offset : m->low;
	high = end > m->high ? end : m->high;
	if (high - low > MERGED_BYTES_MAX)
		return false;
	m->low = low;
	m->high = high;
	m->offsets[m->count] = offset;
	m->loads[m->count++] = load;
	return true;
}

bool merged_reads_pass(LLVMValueRef instruction)
{
	return !LLVMIsACallInst(instruction) || ir_calls_intrinsic(instruction, "llvm.lifetime.start") ||
	       ir_calls_intrinsic(instruction, "llvm.lifetime.end");
}

/* Takes the fields out of what was read: [low, high) is at `slot`. */
static void build_loads(
	struct rewriter *r, const struct merged_reads *m, LLVMValueRef slot, LLVMValueRef *values)
{
	for (size_t i = 0; i < m->count; i++) {
		LLVMTypeRef type = LLVMTypeOf(m->loads[i]);
		long long at = m->offsets[i] - m->low, size = LLVMStoreSizeOfType(r->layout, type);

		values[i] = LLVMBuildLoad2(r->builder, type, ir_build_offset(r, slot, at), "");
		LLVMSetAlignment(values[i], at % size ? 1 : size);
	}
}

static void build_single_reads(struct rewriter *r, const struct merged_reads *m, LLVMValueRef base,
	LLVMValueRef slot, LLVMValueRef *values)
{
	for (size_t i = 0; i < m->count; i++) {
		LLVMTypeRef type = LLVMTypeOf(m->loads[i]);

		build_default_probe_read(r, slot, ir_const(r, 32, LLVMStoreSizeOfType(r->layout, type)),
			ir_build_offset(r, base, m->offsets[i]));
		values[i] = LLVMBuildLoad2(r->builder, type, slot, "");
		LLVMSetAlignment(values[i], 8);
	}
}

/* (base, slot) → a struct of the values. The pipeline that follows inlines it. */
static void merged_reads_build_body(struct rewriter *r, const struct merged_reads *m, LLVMValueRef function)
{
	LLVMValueRef base = LLVMGetParam(function, 0), slot = LLVMGetParam(function, 1), failed, all;
	LLVMValueRef together[MERGED_LOADS_MAX], apart[MERGED_LOADS_MAX];
	LLVMBasicBlockRef blocks[4];

	for (int i = 0; i < 4; i++)
		blocks[i] = LLVMAppendBasicBlockInContext(r->context, function, "");
	LLVMPositionBuilderAtEnd(r->builder, blocks[0]);
	failed = build_default_probe_read(
		r, slot, ir_const(r, 32, m->high - m->low), ir_build_offset(r, base, m->low));
	LLVMBuildCondBr(r->builder, LLVMBuildIsNull(r->builder, failed, ""), blocks[1], blocks[2]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[1]);
	build_loads(r, m, slot, together);
	LLVMBuildBr(r->builder, blocks[3]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[2]);
	build_single_reads(r, m, base, slot, apart);
	LLVMBuildBr(r->builder, blocks[3]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[3]);
	for (size_t i = 0; i < m->count; i++) {
		LLVMValueRef both[] = {together[i], apart[i]};

		together[i] = LLVMBuildPhi(r->builder, LLVMTypeOf(m->loads[i]), "");
		LLVMAddIncoming(together[i], both, &blocks[1], 2);
	}
	all = LLVMGetUndef(LLVMGetReturnType(LLVMGlobalGetValueType(function)));
	for (size_t i = 0; i < m->count; i++) {
		all = LLVMBuildInsertValue(r->builder, all, together[i], i, "");
	}
	LLVMBuildRet(r->builder, all);
}

void merged_reads_build(struct rewriter *r, const struct merged_reads *m, LLVMValueRef slot)
{
	LLVMTypeRef fields[MERGED_LOADS_MAX], parameters[] = {ir_pointer(r), ir_pointer(r)}, type;
	LLVMValueRef arguments[] = {m->base, slot}, function, all;

	for (size_t i = 0; i < m->count; i++)
		fields[i] = LLVMTypeOf(m->loads[i]);
	type = LLVMFunctionType(
		LLVMStructTypeInContext(r->context, fields, m->count, false), parameters, 2, false);
	function = LLVMAddFunction(r->module, "bcc.read", type);
	LLVMSetLinkage(function, LLVMInternalLinkage);
	ir_add_attribute(r, function, "alwaysinline");
	LLVMSetCurrentDebugLocation2(r->builder, NULL); /* the callers' hold once it is inlined */
	merged_reads_build_body(r, m, function);
	ir_build_before(r, m->loads[0]);
	all = LLVMBuildCall2(r->builder, type, function, arguments, 2, "");
	for (size_t i = 0; i < m->count; i++)
		LLVMReplaceAllUsesWith(m->loads[i], LLVMBuildExtractValue(r->builder, all, i, ""));
	for (size_t i = 0; i < m->count; i++)
		LLVMInstructionEraseFromParent(m->loads[i]);
}
