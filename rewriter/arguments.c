/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replaces the arguments of the traced function by reads of the saved registers, so that a program takes only
 * its context.
 *
 *   before:  define i32 @kprobe__f(ptr %ctx, i32 %fd) { … }
 *   after:   define i32 @kprobe__f(ptr %ctx) {
 *              %r = getelementptr i8, ptr %ctx, i64 104  %v = load i64, ptr %r  %fd = trunc i64 %v to i32  …
 *            }
 *
 * The function of a system call takes a pointer to the registers of user space as its only argument
 * (CONFIG_ARCH_HAS_SYSCALL_WRAPPER: x86-64 from 4.17, arm64 from 4.19); there the reads go through that
 * pointer.
 */
#include "common/array.h"
#include "common/program_kind.h"
#include "ir.h"

#include <stdlib.h>
#include <string.h>

static void copy_attributes(LLVMValueRef from, LLVMValueRef to, LLVMAttributeIndex index)
{
	LLVMAttributeRef attributes[128];
	unsigned count = LLVMGetAttributeCountAtIndex(from, index);

	if (count > ARRAY_SIZE(attributes))
		return;
	LLVMGetAttributesAtIndex(from, index, attributes);
	for (unsigned i = 0; i < count; i++)
		LLVMAddAttributeAtIndex(to, index, attributes[i]);
}

/* Declares a function like `old` that takes only the context, and gives it the name of `old`. */
static LLVMValueRef declare_like(struct rewriter *r, LLVMValueRef old)
{
	LLVMTypeRef type = LLVMGlobalGetValueType(old), parameter[1] = {ir_pointer(r)};
	unsigned count = LLVMCountParams(old) ? 1 : 0;
	size_t length;
	const char *section = LLVMGetSection(old);
	char *name = strdup(LLVMGetValueName2(old, &length));
	LLVMMetadataRef subprogram = LLVMGetSubprogram(old);
	LLVMValueRef new;

	LLVMSetValueName2(old, "", 0);
	new = LLVMAddFunction(r->module, name ? name : "",
		LLVMFunctionType(LLVMGetReturnType(type), parameter, count, false));
	free(name);
	LLVMSetLinkage(new, LLVMGetLinkage(old));
	LLVMSetVisibility(new, LLVMGetVisibility(old));
	if (section)
		LLVMSetSection(new, section);
	copy_attributes(old, new, LLVMAttributeFunctionIndex);
	copy_attributes(old, new, LLVMAttributeReturnIndex);
	if (count)
		copy_attributes(old, new, 1);
	if (subprogram)
		LLVMSetSubprogram(new, subprogram);
	return new;
}

/* Reads a register from the struct pt_regs at `registers`. */
static LLVMValueRef build_argument(struct rewriter *r, LLVMValueRef registers, unsigned at, LLVMTypeRef type)
{
	LLVMValueRef offset = ir_const(r, 64, at), address, value;

	address = LLVMBuildInBoundsGEP2(r->builder, ir_int(r, 8), registers, &offset, 1, "");
	value = LLVMBuildLoad2(r->builder, ir_int(r, 64), address, "");
	LLVMSetAlignment(value, 8);
	if (LLVMGetTypeKind(type) == LLVMPointerTypeKind)
		return LLVMBuildIntToPtr(r->builder, value, type, "");
	return LLVMBuildIntCast2(r->builder, value, type, false, "");
}

/* Whether a program of this name gets the arguments of a system call: bcc_attach_kprobe() maps sys_NAME to
 * the kernel's own function. */
static bool traces_system_call(const char *name)
{
	const char *rest;
	const struct bcc_program_kind *kind = bcc_program_kind_of_function(name, &rest);

	if (kind == &bcc_program_kinds[BCC_KIND_KPROBE])
		return bcc_arch_system_call_of(rest);
	return !strncmp(name, "syscall__", strlen("syscall__"));
}

/* Location of the function itself, for code that has no line of its own. */
static LLVMMetadataRef entry_location(struct rewriter *r, LLVMValueRef function)
{
	LLVMMetadataRef subprogram = LLVMGetSubprogram(function);

	if (!subprogram)
		return NULL;
	return LLVMDIBuilderCreateDebugLocation(
		r->context, LLVMDISubprogramGetLine(subprogram), 0, subprogram, NULL);
}

/* Replaces all arguments but the context by reads of registers; a placeholder instruction stands for the
 * context. Debug information follows a value only within its function, so this happens before the body moves.
 * Returns the placeholder. */
static LLVMValueRef replace_arguments(struct rewriter *r, LLVMValueRef function)
{
	LLVMValueRef context = LLVMGetParam(function, 0), zero = ir_const(r, 64, 0), stand_in, argument,
		     inner = NULL;
	const struct bcc_arch *arch = r->opts->arch;
	size_t length;
	bool system_call = traces_system_call(LLVMGetValueName2(function, &length));

	LLVMPositionBuilderBefore(r->builder, LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)));
	LLVMSetCurrentDebugLocation2(r->builder, entry_location(r, function));
	stand_in = LLVMBuildGEP2(r->builder, ir_int(r, 8), context, &zero, 1, "");
	LLVMReplaceAllUsesWith(context, stand_in);
	LLVMSetOperand(stand_in, 0, context);
	for (unsigned i = 1; i < LLVMCountParams(function); i++) {
		argument = LLVMGetParam(function, i);
		if (!system_call) {
			LLVMReplaceAllUsesWith(
				argument, build_argument(r, stand_in, bcc_arch_argument_offset(arch, i - 1),
						  LLVMTypeOf(argument)));
			continue;
		}
		if (!LLVMGetFirstUse(argument)) /* each read is a helper call */
			continue;
		if (!inner)
			inner = build_argument(r, stand_in, bcc_arch_argument_offset(arch, 0), ir_pointer(r));
		LLVMReplaceAllUsesWith(
			argument, build_argument(r, inner, bcc_arch_system_call_offset(arch, i - 1),
					  LLVMTypeOf(argument)));
	}
	return stand_in;
}

static void take_context_only(struct rewriter *r, LLVMValueRef old)
{
	LLVMValueRef stand_in = LLVMCountParams(old) ? replace_arguments(r, old) : NULL,
		     new = declare_like(r, old);
	LLVMBasicBlockRef block;

	while ((block = LLVMGetFirstBasicBlock(old))) {
		LLVMRemoveBasicBlockFromParent(block);
		LLVMAppendExistingBasicBlock(new, block);
	}
	if (stand_in) {
		LLVMReplaceAllUsesWith(stand_in, LLVMGetParam(new, 0));
		LLVMInstructionEraseFromParent(stand_in);
	}
	LLVMReplaceAllUsesWith(old, new);
	LLVMDeleteFunction(old);
}

static int check_arguments(struct rewriter *r, LLVMValueRef function)
{
	unsigned count = LLVMCountParams(function), max = bcc_arch_argument_count(r->opts->arch);
	LLVMAttributeRef attribute =
		LLVMGetStringAttributeAtIndex(function, LLVMAttributeFunctionIndex, "bcc-ctx", 7);
	unsigned length = 0;
	const char *context = attribute ? LLVMGetStringAttributeValue(attribute, &length) : "";
	size_t name_length;
	const char *name = LLVMGetValueName2(function, &name_length);

	if (count > 0 && LLVMGetTypeKind(LLVMTypeOf(LLVMGetParam(function, 0))) != LLVMPointerTypeKind)
		return ir_fail(r, function,
			"%s: the first argument of a program must be a pointer to its context", name);
	if (count > 1 && length && (length != 7 || memcmp(context, "pt_regs", 7)))
		return ir_fail(r, function,
			"%s: arguments after the context need struct pt_regs *, not struct %.*s *", name,
			(int)length, context);
	if (count > max + 1)
		return ir_fail(
			r, function, "%s: too many arguments, only the first %u are in registers", name, max);
	for (unsigned i = 1; i < count; i++) {
		LLVMTypeRef type = LLVMTypeOf(LLVMGetParam(function, i));
		LLVMTypeKind kind = LLVMGetTypeKind(type);

		if (kind != LLVMPointerTypeKind &&
			(kind != LLVMIntegerTypeKind || LLVMGetIntTypeWidth(type) > 64))
			return ir_fail(
				r, function, "%s: argument %u is neither a pointer nor an integer", name, i);
	}
	return 0;
}

/* Recreates every program, also those without arguments, so that they keep the order of the text. */
int bcc_expand_arguments(struct rewriter *r)
{
	IR_LIST functions = ir_functions(r->module);
	int ret;

	for (size_t i = 0; i < functions.count; i++) {
		if (!ir_is_program(functions.at[i]))
			continue;
		ret = check_arguments(r, functions.at[i]);
		if (ret)
			return ret;
		take_context_only(r, functions.at[i]);
	}
	return 0;
}
