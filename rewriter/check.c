/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What BPF has no way to do is refused at its place in the text, before the code generator meets it.
 *
 *   before:  %x = call i32 @foo(i32 1)      ; foo is declared only
 *   after:   file.c:12:3: error: unknown function foo (…)
 */
#include <errno.h>
#include <string.h>

#include "ir.h"

#define ARGUMENTS_MAX 5 /* registers r1 to r5 */

/* Calls that the code generator turns into instructions; the text can only reach them as clang's builtins. */
static bool is_lowered(LLVMValueRef call)
{
	static const char *const names[] = {"memcmp", "bcmp"};
	LLVMValueRef callee = ir_callee(call);
	size_t length;
	const char *name = LLVMGetValueName2(callee, &length);

	if (ir_is_intrinsic(callee))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]) && LLVMGetNumArgOperands(call) == 3 &&
			LLVMIsAConstantInt(LLVMGetOperand(call, 2)))
			return true;
	return false;
}

/* Assembly of the kernel's headers: rewriter.h */
static int check_machine_code(struct rewriter *r, LLVMValueRef call, const char *name)
{
	static const char prefix[] = "__bcc_machine_code.";

	if (strncmp(name, prefix, strlen(prefix)))
		return 0;
	name += strlen(prefix);
	return ir_fail(r, call,
		"%.*s() has assembly for this machine in the kernel's headers, which cannot be part of a BPF program",
		(int)strcspn(name, "."), name);
}

static int check_named_call(struct rewriter *r, LLVMValueRef call, LLVMValueRef callee)
{
	const char *section = LLVMGetSection(callee);
	size_t length;
	const char *name = LLVMGetValueName2(callee, &length);

	if (ir_calls_intrinsic(call, "llvm.trap") || ir_calls_intrinsic(call, "llvm.debugtrap") ||
		ir_calls_intrinsic(call, "llvm.ubsantrap"))
		return ir_fail(r, call, "a BPF program cannot trap; return instead");
	if (check_machine_code(r, call, name))
		return -EINVAL;
	if (LLVMIsDeclaration(callee) && !is_lowered(call) && !(section && !strcmp(section, ".ksyms")))
		return ir_fail(
			r, call, "unknown function %s (not a helper, and not defined in this text)", name);
	return 0;
}

static int check_call(struct rewriter *r, LLVMValueRef call)
{
	LLVMValueRef callee = ir_callee(call);
	unsigned count = LLVMGetNumArgOperands(call);

	if (LLVMIsAInlineAsm(LLVMGetCalledValue(call)))
		return 0;
	if (!callee && !ir_helper_of(call))
		return ir_fail(
			r, call, "this call goes through a pointer whose value is only known at run time");
	if (count > ARGUMENTS_MAX && !(callee && ir_is_intrinsic(callee)))
		return ir_fail(
			r, call, "a call with %u arguments; BPF passes at most %d", count, ARGUMENTS_MAX);
	return callee ? check_named_call(r, call, callee) : 0;
}

static bool is_float(LLVMTypeRef type)
{
	switch (LLVMGetTypeKind(type)) {
	case LLVMHalfTypeKind:
	case LLVMBFloatTypeKind:
	case LLVMFloatTypeKind:
	case LLVMDoubleTypeKind:
	case LLVMX86_FP80TypeKind:
	case LLVMFP128TypeKind:
		return true;
	case LLVMVectorTypeKind:
		return is_float(LLVMGetElementType(type));
	default:
		return false;
	}
}

static int check_instruction(struct rewriter *r, LLVMValueRef i)
{
	unsigned long long size;

	if (is_float(LLVMTypeOf(i)))
		return ir_fail(r, i, "BPF has no floating point");
	switch (LLVMGetInstructionOpcode(i)) {
	case LLVMFPToSI:
	case LLVMFPToUI:
		return ir_fail(r, i, "BPF has no floating point");
	case LLVMCall:
		return check_call(r, i);
	case LLVMInvoke:
	case LLVMCallBr:
	case LLVMIndirectBr:
		return ir_fail(r, i, "a jump to an address that is computed at run time");
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
		size = LLVMStoreSizeOfType(r->layout, LLVMTypeOf(LLVMGetOperand(i, 1)));
		if (size != 4 && size != 8)
			return ir_fail(
				r, i, "an atomic operation on %llu bytes; BPF has those for 4 and 8", size);
		return 0;
	default:
		return 0;
	}
}

int bcc_check_calls(struct rewriter *r)
{
	int ret;

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++) {
			ret = check_instruction(r, instructions.at[i]);
			if (ret)
				return ret;
		}
	}
	return 0;
}
