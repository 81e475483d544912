/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several ways to read one value, best first; which of them a program takes is decided when it is loaded.
 *
 *  - typed: the verifier knows the types of arguments of functions and tracepoints that are attached by the
 *    kernel's BTF, and of what is loaded through them. A plain load keeps those types, so that the pointers
 *    can be passed to helpers that ask for a type.
 *  - cast: the kernel function bpf_rdonly_cast(pointer, 0) returns a pointer through which a program may load
 *    anything; a load that faults yields 0, as a failed bpf_probe_read() does. The verifier turns the call
 *    into a move. Such a load cannot read user memory: anything but a kernel address (which has its highest
 *    bit set) is read by a helper call.
 *  - call: bpf_probe_read(), which always works.
 *
 * The verifier does not accept everything that C can do with a pointer. So each way depends on a weak symbol,
 * which the loader sets, and clears when the kernel rejects the program. The verifier knows its value, and
 * removes unreachable code.
 *
 *   before:  %pid = load i32, ptr %p                        ; %p = %task + 1464
 *   after:   %kernel = icmp slt i64 %task, 0                ; and @bpf_rdonly_cast != null
 *            br i1 %kernel, label %cast, label %call
 *            %readable = call ptr @bpf_rdonly_cast(ptr %task, i32 0)
 *            %pid = load volatile i32, ptr (%readable + 1464)
 */
#include "fault_safe_loads.h"

#include <stdio.h>
#include <string.h>

#include "probe_read.h"

#define CAST "bpf_rdonly_cast"
#define TYPED "__bcc_typed_loads"

/* The value of each weak symbol on this kernel, so that the loader need not search for it.
 * libbcc/object/externs.c reads entries of a number (native endianness) and a name, padded to a multiple of
 * 4. */
#define NUMBERS_SECTION ".bcc.kfuncs"

static void add_number(struct rewriter *r, unsigned number, const char *name)
{
	LLVMValueRef fields[] = {
		ir_const(r, 32, number), LLVMConstStringInContext(r->context, name, strlen(name), false)};
	LLVMValueRef value = LLVMConstStructInContext(r->context, fields, 2, true), global;

	global = LLVMAddGlobal(r->module, LLVMTypeOf(value), "_bcc_number");
	LLVMSetInitializer(global, value);
	LLVMSetGlobalConstant(global, true);
	LLVMSetSection(global, NUMBERS_SECTION);
	LLVMSetAlignment(global, 4);
}

static LLVMTypeRef cast_type(struct rewriter *r)
{
	LLVMTypeRef parameters[] = {ir_pointer(r), ir_int(r, 32)};

	return LLVMFunctionType(ir_pointer(r), parameters, 2, false);
}

static void declare_cast(struct rewriter *r, unsigned number)
{
	LLVMValueRef cast = LLVMAddFunction(r->module, CAST, cast_type(r));
	/* MemoryEffects::none(): nothing but a number of its arguments */
	unsigned memory = LLVMGetEnumAttributeKindForName("memory", 6);

	LLVMSetLinkage(cast, LLVMExternalWeakLinkage);
	LLVMSetSection(cast, ".ksyms");
	LLVMAddAttributeAtIndex(
		cast, LLVMAttributeFunctionIndex, LLVMCreateEnumAttribute(r->context, memory, 0));
	ir_add_attribute(r, cast, "nounwind");
	ir_add_attribute(r, cast, "willreturn");
	add_number(r, number, CAST);
}

static LLVMValueRef typed_switch(struct rewriter *r)
{
	LLVMValueRef global = LLVMGetNamedGlobal(r->module, TYPED);

	if (global)
		return global;
	global = LLVMAddGlobal(r->module, ir_int(r, 8), TYPED);
	LLVMSetLinkage(global, LLVMExternalWeakLinkage);
	LLVMSetSection(global, ".ksyms");
	add_number(r, 1, TYPED);
	return global;
}

unsigned soft_loads_begin(struct rewriter *r)
{
	unsigned ways = r->opts->typed_loads ? SOFT_TYPED : 0, number;

	/* a text that calls it itself decides for itself */
	if (!r->opts->rdonly_cast || LLVMGetNamedFunction(r->module, CAST))
		return ways;
	number = r->opts->rdonly_cast(r->opts->rdonly_cast_ctx);
	if (!number)
		return ways;
	declare_cast(r, number);
	return ways | SOFT_CAST;
}

bool soft_loads_fit(struct rewriter *r, LLVMValueRef load)
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

/* The verifier follows constant steps forward only; and where integers can be read as cheaply without types,
 * only pointers need them. */
static bool keeps_type(struct rewriter *r, LLVMValueRef load, unsigned ways)
{
	long long offset;
	LLVMValueRef base = ir_base_of(r, LLVMGetOperand(load, 0), &offset);

	return !LLVMIsAGetElementPtrInst(base) && offset >= 0 &&
	       (!(ways & SOFT_CAST) || LLVMGetTypeKind(LLVMTypeOf(load)) == LLVMPointerTypeKind);
}

unsigned soft_loads_ways(struct rewriter *r, LLVMValueRef load, bool is_typed, unsigned ways)
{
	if (!soft_loads_fit(r, load))
		return 0;
	return is_typed && keeps_type(r, load, ways) ? ways : ways & ~SOFT_TYPED;
}

/* ---- the function that reads a value of one type ---- */

struct body {
	struct rewriter *r;
	LLVMValueRef function, base, offset;
	LLVMTypeRef type;
	LLVMBasicBlockRef join, from[3];
	LLVMValueRef values[3];
	unsigned count;
};

static LLVMBasicBlockRef new_block(struct body *b)
{
	return LLVMAppendBasicBlockInContext(b->r->context, b->function, "");
}

static LLVMValueRef at_offset(struct body *b, LLVMValueRef base)
{
	return LLVMBuildGEP2(b->r->builder, ir_int(b->r, 8), base, &b->offset, 1, "");
}

/* Volatile, so that it is never merged with the others: one instruction must not load through two kinds of
 * pointers. */
static LLVMValueRef build_load(struct body *b, LLVMTypeRef type, LLVMValueRef pointer)
{
	LLVMValueRef value = LLVMBuildLoad2(b->r->builder, type, pointer, "");

	LLVMSetVolatile(value, true);
	LLVMSetAlignment(value, LLVMStoreSizeOfType(b->r->layout, type));
	return value;
}

static void end_way(struct body *b, LLVMValueRef value)
{
	b->values[b->count] = value;
	b->from[b->count++] = LLVMGetInsertBlock(b->r->builder);
	LLVMBuildBr(b->r->builder, b->join);
}

/* Pointers are loaded as numbers: two volatile loads of the same type would be merged after all. */
static void build_typed(struct body *b)
{
	LLVMBasicBlockRef way = new_block(b), otherwise = new_block(b);
	bool is_pointer = LLVMGetTypeKind(b->type) == LLVMPointerTypeKind;
	LLVMValueRef value;

	LLVMBuildCondBr(
		b->r->builder, LLVMBuildIsNotNull(b->r->builder, typed_switch(b->r), ""), way, otherwise);
	LLVMPositionBuilderAtEnd(b->r->builder, way);
	value = build_load(b, is_pointer ? ir_int(b->r, 64) : b->type, at_offset(b, b->base));
	end_way(b, is_pointer ? LLVMBuildIntToPtr(b->r->builder, value, b->type, "") : value);
	LLVMPositionBuilderAtEnd(b->r->builder, otherwise);
}

static void build_cast(struct body *b)
{
	LLVMBasicBlockRef look = new_block(b), way = new_block(b), otherwise = new_block(b);
	LLVMValueRef cast = LLVMGetNamedFunction(b->r->module, CAST), readable, is_kernel;
	LLVMValueRef arguments[] = {b->base, ir_const(b->r, 32, 0)};

	LLVMBuildCondBr(b->r->builder, LLVMBuildIsNotNull(b->r->builder, cast, ""), look, otherwise);
	LLVMPositionBuilderAtEnd(b->r->builder, look);
	is_kernel = LLVMBuildPtrToInt(b->r->builder, b->base, ir_int(b->r, 64), "");
	is_kernel = LLVMBuildICmp(b->r->builder, LLVMIntSLT, is_kernel, ir_const(b->r, 64, 0), "");
	LLVMBuildCondBr(b->r->builder, is_kernel, way, otherwise);
	LLVMPositionBuilderAtEnd(b->r->builder, way);
	readable = LLVMBuildCall2(b->r->builder, cast_type(b->r), cast, arguments, 2, "");
	end_way(b, build_load(b, b->type, at_offset(b, readable)));
	LLVMPositionBuilderAtEnd(b->r->builder, otherwise);
}

static void build_call(struct body *b, LLVMValueRef slot)
{
	LLVMValueRef value, size = ir_const(b->r, 32, LLVMStoreSizeOfType(b->r->layout, b->type));

	build_default_probe_read(b->r, slot, size, at_offset(b, b->base));
	value = LLVMBuildLoad2(b->r->builder, b->type, slot, "");
	LLVMSetAlignment(value, 8);
	end_way(b, value);
}

static void fault_safe_loads_build_body(
	struct rewriter *r, LLVMValueRef function, LLVMTypeRef type, unsigned ways)
{
	struct body b = {.r = r,
		.function = function,
		.type = type,
		.base = LLVMGetParam(function, 0),
		.offset = LLVMGetParam(function, 1)};
	LLVMValueRef value;

	LLVMSetCurrentDebugLocation2(r->builder, NULL); /* the callers' hold once it is inlined */
	LLVMPositionBuilderAtEnd(r->builder, new_block(&b));
	b.join = new_block(&b);
	if (ways & SOFT_TYPED)
		build_typed(&b);
	if (ways & SOFT_CAST)
		build_cast(&b);
	build_call(&b, LLVMGetParam(function, 2));
	LLVMPositionBuilderAtEnd(r->builder, b.join);
	value = LLVMBuildPhi(r->builder, type, "");
	LLVMAddIncoming(value, b.values, b.from, b.count);
	LLVMBuildRet(r->builder, value);
}

static LLVMValueRef function_of(
	struct rewriter *r, LLVMTypeRef type, LLVMTypeRef function_type, unsigned ways)
{
	LLVMValueRef function;
	char name[64];

	snprintf(name, sizeof(name), "bcc.load%u.%s%llu", ways,
		LLVMGetTypeKind(type) == LLVMPointerTypeKind ? "p" : "i",
		LLVMSizeOfTypeInBits(r->layout, type));
	function = LLVMGetNamedFunction(r->module, name);
	if (function)
		return function;
	function = LLVMAddFunction(r->module, name, function_type);
	LLVMSetLinkage(function, LLVMInternalLinkage);
	ir_add_attribute(r, function, "alwaysinline");
	fault_safe_loads_build_body(r, function, type, ways);
	return function;
}

LLVMValueRef soft_loads_build(struct rewriter *r, LLVMValueRef load, LLVMValueRef slot, unsigned ways)
{
	LLVMTypeRef parameters[] = {ir_pointer(r), ir_int(r, 64), ir_pointer(r)};
	LLVMTypeRef type = LLVMFunctionType(LLVMTypeOf(load), parameters, 3, false);
	LLVMValueRef function = function_of(r, LLVMTypeOf(load), type, ways);
	long long offset;
	LLVMValueRef arguments[] = {ir_base_of(r, LLVMGetOperand(load, 0), &offset), NULL, slot};

	arguments[1] = ir_const(r, 64, offset);
	ir_build_before(r, load);
	return LLVMBuildCall2(r->builder, type, function, arguments, 3, "");
}
