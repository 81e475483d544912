/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rejects what BPF cannot do at its place in the text, before the code generator sees it.
 *
 *   before:  %x = call i32 @foo(i32 1)      ; foo is only declared
 *   after:   file.c:12:3: error: unknown function foo (…)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <llvm/Config/llvm-config.h>

#include "common/array.h"
#include "common/kernel_symbol.h"
#include "ir.h"

#define NO_FLOATS                                                                                            \
	"BPF has no floating point: count in integers (x * 3 / 2 for x * 1.5), and divide in user space"
#define ARGUMENTS_MAX 5 /* registers r1 to r5 */

/* Calls that the code generator turns into instructions. A text can only make them through clang's
 * builtins. */
static bool is_lowered(LLVMValueRef call)
{
	static const char *const names[] = {"memcmp", "bcmp"};
	LLVMValueRef callee = ir_callee(call);
	size_t length;
	const char *name = LLVMGetValueName2(callee, &length);

	if (ir_is_intrinsic(callee))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]) && LLVMGetNumArgOperands(call) == 3 &&
			LLVMIsAConstantInt(LLVMGetOperand(call, 2)))
			return true;
	return false;
}

/* Intrinsics, reached through clang's builtins, that would make the code generator give up. */
static const struct {
	const char *intrinsic, *sentence;
} missing[] = {
	{"llvm.trap", "a BPF program cannot trap; return instead"},
	{"llvm.debugtrap", "a BPF program cannot trap; return instead"},
	{"llvm.ubsantrap", "a BPF program cannot trap; return instead"},
	{"llvm.returnaddress",
		"BPF does not know the return address; the traced function's is in its registers"},
	{"llvm.frameaddress", "BPF does not know the frames of its callers"},
	{"llvm.va_start", "a function that takes '...' cannot look at those arguments in BPF"},
	{"llvm.eh", "BPF has no exceptions"},
};

static const char *check_advice(const struct rewriter *r, const char *name)
{
	return r->opts->function_advice ? r->opts->function_advice(name) : "";
}

/* An object for other kernels can be a part of one that is linked of several: "bpfcc build" says what none of
 * them defines. */
static bool check_may_be_elsewhere(const struct rewriter *r)
{
	return r->opts->libbpf && r->opts->portable;
}

/* Assembly from the kernel's headers: see rewriter.h. */
static int check_machine_code(struct rewriter *r, LLVMValueRef call, const char *name)
{
	static const char prefix[] = "__bcc_machine_code.";
	const char *advice;
	char function[256];

	if (strncmp(name, prefix, strlen(prefix)))
		return 0;
	snprintf(function, sizeof(function), "%.*s", (int)strcspn(name + strlen(prefix), "."),
		name + strlen(prefix));
	advice = check_advice(r, function);
	return ir_fail(r, call,
		"%s() has assembly for this machine in the kernel's headers, which cannot be part of a BPF program%s%s",
		function, *advice ? "; " : "", advice);
}

static int check_named_call(struct rewriter *r, LLVMValueRef call, LLVMValueRef callee)
{
	const char *section = LLVMGetSection(callee);
	size_t length;
	const char *name = LLVMGetValueName2(callee, &length);
	const char *advice;

	for (size_t i = 0; i < ARRAY_SIZE(missing); i++)
		if (ir_calls_intrinsic(call, missing[i].intrinsic))
			return ir_fail(r, call, "%s", missing[i].sentence);
	if (check_machine_code(r, call, name))
		return -EINVAL;
	if (!LLVMIsDeclaration(callee) || is_lowered(call) || (section && !strcmp(section, ".ksyms")))
		return 0;
	if (check_may_be_elsewhere(r) && !*check_advice(r, name))
		return 0;
	if (!strcmp(name, "memcmp") || !strcmp(name, "bcmp"))
		return ir_fail(r, call,
			"memcmp() of a size that is only known at run time; BPF compares a constant number of bytes: "
			"compare all of the array, or in a loop with a constant end");
	advice = check_advice(r, name);
	return ir_fail(r, call, "unknown function '%s': %s", name,
		*advice ? advice : "it is neither a helper of BPF nor defined in this text");
}

static int check_call(struct rewriter *r, LLVMValueRef call)
{
	LLVMValueRef callee = ir_callee(call);
	unsigned count = LLVMGetNumArgOperands(call);

	if (LLVMIsAInlineAsm(LLVMGetCalledValue(call)))
		return 0;
	if (!callee && !ir_helper_of(call))
		return ir_fail(r, call,
			"this call goes through a pointer whose value is only known at run time; BPF calls functions by their names "
			"only: use if or switch");
	if (count > ARGUMENTS_MAX && !(callee && ir_is_intrinsic(callee)))
		return ir_fail(r, call,
			"this call has %u arguments; BPF passes at most %d: put them into a struct and pass its address",
			count, ARGUMENTS_MAX);
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

static int check_atomic(struct rewriter *r, LLVMValueRef i)
{
	unsigned long long size = LLVMStoreSizeOfType(r->layout, LLVMTypeOf(LLVMGetOperand(i, 1)));

	if (size != 4 && size != 8)
		return ir_fail(r, i,
			"atomic operation on %llu bytes; BPF only has them for 4 and 8 bytes: declare the variable as u32 or u64",
			size);
	if (!LLVMIsAAtomicRMWInst(i))
		return 0;
	switch (LLVMGetAtomicRMWBinOp(i)) {
	case LLVMAtomicRMWBinOpXchg:
	case LLVMAtomicRMWBinOpAdd:
	case LLVMAtomicRMWBinOpSub:
	case LLVMAtomicRMWBinOpAnd:
	case LLVMAtomicRMWBinOpOr:
	case LLVMAtomicRMWBinOpXor:
		return 0;
	default:
		return ir_fail(r, i,
			"BPF's atomic operations are add, sub, and, or, xor, exchange and compare-exchange");
	}
}

/* After optimisation, what is left of such has a size or a count that is not known. */
static int check_stack(struct rewriter *r, LLVMValueRef i)
{
	if (LLVMIsConstant(LLVMGetOperand(i, 0)) &&
		LLVMGetInstructionParent(i) ==
			LLVMGetEntryBasicBlock(LLVMGetBasicBlockParent(LLVMGetInstructionParent(i))))
		return 0;
	return ir_fail(r, i,
		"an array on the stack whose size is only known at run time; give it a constant size, the largest that is "
		"needed");
}

static int check_instruction(struct rewriter *r, LLVMValueRef i)
{
	if (is_float(LLVMTypeOf(i)))
		return ir_fail(r, i, NO_FLOATS);
	switch (LLVMGetInstructionOpcode(i)) {
	case LLVMFPToSI:
	case LLVMFPToUI:
		return ir_fail(r, i, NO_FLOATS);
	case LLVMCall:
		return check_call(r, i);
	case LLVMAlloca:
		return check_stack(r, i);
	case LLVMInvoke:
		return ir_fail(r, i, "BPF has no exceptions");
#if LLVM_VERSION_MAJOR < 19
	/* can_loop and its like need kernels that are younger than these versions */
	case LLVMCallBr:
		return ir_fail(r, i, "asm goto needs a compiler that is built with LLVM 19 or later");
#endif
	case LLVMIndirectBr:
		return ir_fail(r, i, "BPF cannot jump to an address computed at run time: use switch");
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
		return check_atomic(r, i);
	case LLVMLoad:
	case LLVMStore:
		if (LLVMGetOrdering(i) == LLVMAtomicOrderingNotAtomic)
			return 0;
		return ir_fail(r, i, "BPF's loads and stores are not ordered: use __ATOMIC_RELAXED");
	case LLVMFence:
		return ir_fail(r, i,
			"BPF has no memory barrier instruction; use an atomic operation that returns a value");
	default:
		return 0;
	}
}

/* By which LLVM's BPF back end refers to fields, types and enumerators that the loader looks up:
 * "llvm.task_struct:0:1268$0:93". Names in C have no such characters. */
static bool check_is_relocation(const char *name)
{
	return !strncmp(name, "llvm.", 5) && strchr(name, '$');
}

/* A variable that would have to be defined elsewhere; the kernel's own are in these sections. */
static int check_variable(struct rewriter *r, LLVMValueRef variable)
{
	const char *section = LLVMGetSection(variable);
	size_t length;
	const char *name = LLVMGetValueName2(variable, &length);
	LLVMUseRef use = LLVMGetFirstUse(variable);
	LLVMValueRef user = use ? LLVMGetUser(use) : NULL;

	if (!user || !LLVMIsDeclaration(variable) || check_is_relocation(name) || bcc_kernel_symbol(name) ||
		check_may_be_elsewhere(r) ||
		(section && (!strcmp(section, ".ksyms") || !strcmp(section, ".kconfig"))))
		return 0;
	return ir_fail(r, LLVMIsAInstruction(user) ? user : NULL,
		"unknown variable %s (declared, but not defined in this text)", name);
}

/* Whatever leads here is undefined in C, so the compiler left nothing of the function. */
static int check_body(struct rewriter *r, LLVMValueRef function)
{
	LLVMValueRef first;
	size_t length;
	const char *name = LLVMGetValueName2(function, &length);

	if (LLVMIsDeclaration(function))
		return 0;
	first = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function));
	while (first && LLVMIsACallInst(first) && ir_callee(first) && ir_is_intrinsic(ir_callee(first)))
		first = LLVMGetNextInstruction(first);
	if (!first || !LLVMIsAUnreachableInst(first))
		return 0;
	return ir_fail(r, function,
		"nothing is left of %.*s(): all that it does is undefined in C (__builtin_unreachable(), a null pointer that is "
		"followed, an endless loop without effect)",
		(int)length, name);
}

#define CONTENTS_MAX (64ull << 20) /* bytes of all variables' values: the object has them */
#define ALIGNMENT_MAX (1u << 16)

static int check_size(struct rewriter *r, LLVMValueRef variable, unsigned long long *total)
{
	LLVMValueRef value = LLVMGetInitializer(variable);
	unsigned alignment = LLVMGetAlignment(variable);
	unsigned long long size;
	size_t length;

	if (alignment > ALIGNMENT_MAX)
		return ir_fail(r, NULL, "variable %s is aligned to %u bytes; the most is %u",
			LLVMGetValueName2(variable, &length), alignment, ALIGNMENT_MAX);
	/* zeros take no room */
	if (!value || LLVMIsNull(value))
		return 0;
	size = LLVMABISizeOfType(r->layout, LLVMGlobalGetValueType(variable));
	if (size <= CONTENTS_MAX)
		*total += size + alignment;
	if (size <= CONTENTS_MAX && *total <= CONTENTS_MAX)
		return 0;
	return ir_fail(r, NULL,
		"variable %s has a value of %llu bytes; there is room for %llu, of all variables together",
		LLVMGetValueName2(variable, &length), size, CONTENTS_MAX);
}

int bcc_check_sizes(struct rewriter *r)
{
	unsigned long long total = 0;
	int ret = 0;

	for (LLVMValueRef g = LLVMGetFirstGlobal(r->module); g && !ret; g = LLVMGetNextGlobal(g))
		ret = check_size(r, g, &total);
	return ret;
}

int bcc_check(struct rewriter *r)
{
	int ret;

	for (LLVMValueRef g = LLVMGetFirstGlobal(r->module); g; g = LLVMGetNextGlobal(g)) {
		ret = check_variable(r, g);
		if (ret)
			return ret;
	}
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++) {
			ret = check_instruction(r, instructions.at[i]);
			if (ret)
				return ret;
		}
		ret = check_body(r, f);
		if (ret)
			return ret;
	}
	return 0;
}
