/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel function bpf_rdonly_cast(pointer, 0) gives a pointer through which a program may load anything; a load that faults
 * brings 0, as a failed bpf_probe_read() does. The verifier makes a plain move of the call, so the whole costs two or three
 * instructions. Such a load cannot see user memory: what is not a kernel address (their highest bit is set on x86-64 and arm64) is
 * read as before. So it is where a kernel does not have the function, or the loader finds that the verifier dislikes the program: the
 * function is a weak symbol, the verifier knows whether it is NULL, and takes away the code that is not reached.
 *
 *   before:  %pid = load i32, ptr %p                        ; %p = %task + 1464
 *   after:   %kernel = icmp slt i64 %task, 0                ; and @bpf_rdonly_cast != null
 *            br i1 %kernel, label %direct, label %otherwise ; otherwise: bpf_probe_read()
 *            %task.readable = call ptr @bpf_rdonly_cast(ptr %task, i32 0)
 *            %pid = load volatile i32, ptr (%task.readable + 1464)
 */
#include "soft_loads.h"

#include <stdio.h>
#include <string.h>

#define KFUNC "bpf_rdonly_cast"

/* What a kfunc's number is in this kernel's BTF, so that the loader need not search for it: libbcc/object/externs.c reads
 * a number (native endianness) and a name, padded to a multiple of 4. */
#define NUMBERS_SECTION ".bcc.kfuncs"

static LLVMTypeRef kfunc_type(struct rewriter *r)
{
	LLVMTypeRef parameters[] = {ir_pointer(r), ir_int(r, 32)};

	return LLVMFunctionType(ir_pointer(r), parameters, 2, false);
}

static void declare_kfunc(struct rewriter *r)
{
	LLVMValueRef kfunc = LLVMAddFunction(r->module, KFUNC, kfunc_type(r));
	/* MemoryEffects::none(): nothing but a number of its arguments */
	unsigned memory = LLVMGetEnumAttributeKindForName("memory", 6);

	LLVMSetLinkage(kfunc, LLVMExternalWeakLinkage);
	LLVMSetSection(kfunc, ".ksyms");
	LLVMAddAttributeAtIndex(
		kfunc, LLVMAttributeFunctionIndex, LLVMCreateEnumAttribute(r->context, memory, 0));
	ir_add_attribute(r, kfunc, "nounwind");
	ir_add_attribute(r, kfunc, "willreturn");
}

static void add_number(struct rewriter *r)
{
	LLVMValueRef fields[] = {ir_const(r, 32, r->opts->rdonly_cast),
		LLVMConstStringInContext(r->context, KFUNC, sizeof(KFUNC) - 1, false)};
	LLVMValueRef number = LLVMConstStructInContext(r->context, fields, 2, true), global;

	global = LLVMAddGlobal(r->module, LLVMTypeOf(number), "_kfunc_" KFUNC);
	LLVMSetInitializer(global, number);
	LLVMSetGlobalConstant(global, true);
	LLVMSetSection(global, NUMBERS_SECTION);
	LLVMSetAlignment(global, 4);
}

bool soft_loads_begin(struct rewriter *r)
{
	/* a text that calls it by itself decides by itself */
	if (!r->opts->rdonly_cast || LLVMGetNamedFunction(r->module, KFUNC))
		return false;
	declare_kfunc(r);
	add_number(r);
	return true;
}

bool soft_loads_take(struct rewriter *r, LLVMValueRef load)
{
	LLVMTypeRef type = LLVMTypeOf(load);
	LLVMTypeKind kind = LLVMGetTypeKind(type);
	unsigned long long bits;

	if ((kind != LLVMIntegerTypeKind && kind != LLVMPointerTypeKind) ||
		LLVMGetPointerAddressSpace(LLVMTypeOf(LLVMGetOperand(load, 0))))
		return false;
	bits = LLVMSizeOfTypeInBits(r->layout, type);
	return bits == 8 || bits == 16 || bits == 32 || bits == 64;
}

static LLVMValueRef at_offset(struct rewriter *r, LLVMValueRef base, LLVMValueRef offset)
{
	return LLVMBuildGEP2(r->builder, ir_int(r, 8), base, &offset, 1, "");
}

/* Volatile, so that it is never merged with the other one: an instruction must load through one kind of pointer. */
static LLVMValueRef build_direct(struct rewriter *r, LLVMTypeRef type, LLVMValueRef base, LLVMValueRef offset)
{
	LLVMValueRef arguments[] = {base, ir_const(r, 32, 0)}, readable, value;

	readable = LLVMBuildCall2(
		r->builder, kfunc_type(r), LLVMGetNamedFunction(r->module, KFUNC), arguments, 2, "");
	value = LLVMBuildLoad2(r->builder, type, at_offset(r, readable, offset), "");
	LLVMSetVolatile(value, true);
	LLVMSetAlignment(value, LLVMStoreSizeOfType(r->layout, type));
	return value;
}

static LLVMValueRef build_otherwise(
	struct rewriter *r, LLVMTypeRef type, LLVMValueRef pointer, LLVMValueRef slot)
{
	LLVMValueRef value;

	reads_build_probe_read(r, slot, ir_const(r, 32, LLVMStoreSizeOfType(r->layout, type)), pointer);
	value = LLVMBuildLoad2(r->builder, type, slot, "");
	LLVMSetAlignment(value, 8);
	return value;
}

/* (base, offset, slot) → the value; inlined by the pipeline that follows, which splits blocks better than we could. */
static void build_body(struct rewriter *r, LLVMValueRef function, LLVMTypeRef type)
{
	LLVMValueRef base = LLVMGetParam(function, 0), offset = LLVMGetParam(function, 1);
	LLVMBasicBlockRef blocks[5];
	LLVMValueRef kfunc = LLVMGetNamedFunction(r->module, KFUNC), values[2], value, address;

	for (int i = 0; i < 5; i++)
		blocks[i] = LLVMAppendBasicBlockInContext(r->context, function, "");
	LLVMPositionBuilderAtEnd(r->builder, blocks[0]);
	LLVMBuildCondBr(r->builder, LLVMBuildIsNotNull(r->builder, kfunc, ""), blocks[1], blocks[3]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[1]);
	address = LLVMBuildPtrToInt(r->builder, base, ir_int(r, 64), "");
	LLVMBuildCondBr(r->builder, LLVMBuildICmp(r->builder, LLVMIntSLT, address, ir_const(r, 64, 0), ""),
		blocks[2], blocks[3]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[2]);
	values[0] = build_direct(r, type, base, offset);
	LLVMBuildBr(r->builder, blocks[4]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[3]);
	values[1] = build_otherwise(r, type, at_offset(r, base, offset), LLVMGetParam(function, 2));
	LLVMBuildBr(r->builder, blocks[4]);
	LLVMPositionBuilderAtEnd(r->builder, blocks[4]);
	value = LLVMBuildPhi(r->builder, type, "");
	LLVMAddIncoming(value, values, &blocks[2], 2);
	LLVMBuildRet(r->builder, value);
}

static LLVMValueRef function_of(struct rewriter *r, LLVMTypeRef type, LLVMTypeRef function_type)
{
	LLVMValueRef function;
	char name[64];

	snprintf(name, sizeof(name), "bcc.load.%s%llu",
		LLVMGetTypeKind(type) == LLVMPointerTypeKind ? "p" : "i",
		LLVMSizeOfTypeInBits(r->layout, type));
	function = LLVMGetNamedFunction(r->module, name);
	if (function)
		return function;
	function = LLVMAddFunction(r->module, name, function_type);
	LLVMSetLinkage(function, LLVMInternalLinkage);
	ir_add_attribute(r, function, "alwaysinline");
	LLVMSetCurrentDebugLocation2(r->builder, NULL); /* the caller's hold where it is inlined */
	build_body(r, function, type);
	return function;
}

LLVMValueRef soft_loads_build(struct rewriter *r, LLVMValueRef load, LLVMValueRef slot)
{
	LLVMTypeRef parameters[] = {ir_pointer(r), ir_int(r, 64), ir_pointer(r)};
	LLVMTypeRef type = LLVMFunctionType(LLVMTypeOf(load), parameters, 3, false);
	LLVMValueRef function = function_of(r, LLVMTypeOf(load), type);
	long long offset;
	LLVMValueRef arguments[] = {ir_base_of(r, LLVMGetOperand(load, 0), &offset), NULL, slot};

	arguments[1] = ir_const(r, 64, offset);
	ir_build_before(r, load);
	return LLVMBuildCall2(r->builder, type, function, arguments, 3, "");
}
