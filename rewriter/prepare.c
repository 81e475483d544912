/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes every call direct and inlines every function that may be inlined, so that pointers become SSA values.
 *
 *   before:  %f = load ptr, ptr getelementptr (%counts, ptr @counts, 0, 2)
 *            call void (ptr, ...) %f(ptr %key)
 *   after:   the body of @__bcc_counts_increment_by(ptr %key, i64 1)
 */
#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "ir.h"

/* The verifier accepts a million instructions at most; code that inlining grows beyond that would only use up
 * memory. */
#define INLINED_INSTRUCTIONS_MAX (1u << 20)
#define CALL_DEPTH_MAX 512

static bool is_inlinable(LLVMValueRef function)
{
	return !LLVMIsDeclaration(function) && !ir_has_attribute(function, "noinline");
}

/*
 * A program may read through a pointer before it tests it for NULL: the read returns 0 on a fault, so the
 * test must stay, and the verifier needs to see it. Loops must not become calls of memset() and the like,
 * which BPF does not have.
 */
static void set_attributes(struct rewriter *r, LLVMValueRef function)
{
	static const char *const names[] = {"null_pointer_is_valid", "noimplicitfloat", "no-builtin-memset",
		"no-builtin-memcpy", "no-builtin-memmove", "no-builtin-strlen", "no-builtin-wcslen"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ir_add_attribute(r, function, names[i]);
	ir_remove_attribute(function, "optnone");
	LLVMRemoveStringAttributeAtIndex(function, LLVMAttributeFunctionIndex, "no-builtins", 11);
	if (is_inlinable(function))
		ir_add_attribute(r, function, "alwaysinline");
}

/* In a freestanding text memcmp is an ordinary function: mark it as the builtin, so that the code generator
 * makes loads of it. */
static void allow_builtin(LLVMValueRef call)
{
	LLVMAttributeIndex at = LLVMAttributeFunctionIndex;

	LLVMRemoveCallSiteEnumAttribute(call, at, LLVMGetEnumAttributeKindForName("nobuiltin", 9));
	LLVMRemoveCallSiteStringAttribute(call, at, "no-builtins", 11);
}

/* Kernel structures and the bytes that programs make of them alias: as in the kernel (-fno-strict-aliasing),
 * types say nothing about that. */
static void forget_type_aliasing(struct rewriter *r, LLVMValueRef instruction)
{
	static const char *const kinds[] = {"tbaa", "tbaa.struct"};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		LLVMSetMetadata(
			instruction, LLVMGetMDKindIDInContext(r->context, kinds[k], strlen(kinds[k])), NULL);
}

/* BPF's own loads and stores are what C calls relaxed: not torn, and not omitted. */
static void make_plain(LLVMValueRef access)
{
	if (LLVMGetOrdering(access) != LLVMAtomicOrderingMonotonic &&
		LLVMGetOrdering(access) != LLVMAtomicOrderingUnordered)
		return;
	LLVMSetOrdering(access, LLVMAtomicOrderingNotAtomic);
	LLVMSetVolatile(access, true);
}

void bcc_relax_accesses(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++)
			if (LLVMIsALoadInst(instructions.at[i]) || LLVMIsAStoreInst(instructions.at[i]))
				make_plain(instructions.at[i]);
	}
}

static void relax_instructions(struct rewriter *r, LLVMValueRef function)
{
	IR_LIST instructions = ir_instructions(function);

	for (size_t i = 0; i < instructions.count; i++) {
		if (LLVMHasMetadata(instructions.at[i]))
			forget_type_aliasing(r, instructions.at[i]);
		if (LLVMIsACallInst(instructions.at[i]))
			allow_builtin(instructions.at[i]);
		else if (LLVMIsALoadInst(instructions.at[i]) || LLVMIsAStoreInst(instructions.at[i]))
			make_plain(instructions.at[i]);
	}
}

/* `static long (*bpf_x)(…) = (void *)N` without const, which nothing writes to. */
static void fix_helper_variables(struct rewriter *r)
{
	LLVMValueRef initializer;
	LLVMUseRef use;

	for (LLVMValueRef g = LLVMGetFirstGlobal(r->module); g; g = LLVMGetNextGlobal(g)) {
		initializer = LLVMGetInitializer(g);
		if (LLVMGetLinkage(g) != LLVMInternalLinkage || !initializer ||
			!LLVMIsAConstantExpr(initializer) || LLVMGetConstOpcode(initializer) != LLVMIntToPtr)
			continue;
		for (use = LLVMGetFirstUse(g); use && LLVMIsALoadInst(LLVMGetUser(use));
			use = LLVMGetNextUse(use))
			;
		if (!use)
			LLVMSetGlobalConstant(g, true);
	}
}

static LLVMValueRef optional_argument(struct rewriter *r, LLVMValueRef call, unsigned fixed)
{
	unsigned zero_extend = LLVMGetEnumAttributeKindForName("zeroext", 7);
	LLVMValueRef extra;
	LLVMTypeRef type;

	if (LLVMGetNumArgOperands(call) == fixed)
		return ir_const(r, 64, 1);
	extra = LLVMGetOperand(call, fixed);
	type = LLVMTypeOf(extra);
	if (LLVMGetTypeKind(type) == LLVMPointerTypeKind)
		return LLVMBuildPtrToInt(r->builder, extra, ir_int(r, 64), "");
	if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind || LLVMGetNumArgOperands(call) > fixed + 1)
		return NULL;
	return LLVMBuildIntCast2(r->builder, extra, ir_int(r, 64),
		!LLVMGetCallSiteEnumAttribute(call, fixed + 1, zero_extend), "");
}

static void copy_call_attributes(LLVMValueRef from, LLVMValueRef to, unsigned arguments)
{
	LLVMAttributeRef attributes[64];
	unsigned count;

	for (unsigned i = 1; i <= arguments; i++) {
		count = LLVMGetCallSiteAttributeCount(from, i);
		if (count > ARRAY_SIZE(attributes))
			continue;
		LLVMGetCallSiteAttributes(from, i, attributes);
		for (unsigned a = 0; a < count; a++)
			LLVMAddCallSiteAttribute(to, i, attributes[a]);
	}
}

/* F(a, …) becomes F_by(a, the optional argument or 1). */
static int replace_variadic_call(struct rewriter *r, LLVMValueRef call)
{
	LLVMValueRef callee = ir_callee(call), by, extra, arguments[16], new;
	unsigned fixed;
	size_t length;
	char name[512];

	if (!callee || !LLVMIsDeclaration(callee) || !LLVMIsFunctionVarArg(LLVMGlobalGetValueType(callee)))
		return 0;
	snprintf(name, sizeof(name), "%s_by", LLVMGetValueName2(callee, &length));
	by = LLVMGetNamedFunction(r->module, name);
	fixed = LLVMCountParamTypes(LLVMGlobalGetValueType(callee));
	if (!by || LLVMIsDeclaration(by) || LLVMCountParams(by) != fixed + 1 || fixed >= 16)
		return 0;
	ir_build_before(r, call);
	extra = optional_argument(r, call, fixed);
	if (!extra)
		return ir_fail(r, call, "only one optional argument is allowed here, an integer");
	for (unsigned i = 0; i < fixed; i++)
		arguments[i] = LLVMGetOperand(call, i);
	arguments[fixed] = extra;
	new = LLVMBuildCall2(r->builder, LLVMGlobalGetValueType(by), by, arguments, fixed + 1, "");
	copy_call_attributes(call, new, fixed);
	if (LLVMGetFirstUse(call))
		LLVMReplaceAllUsesWith(call, new);
	LLVMInstructionEraseFromParent(call);
	return 0;
}

static int replace_variadic_calls(struct rewriter *r, LLVMValueRef function)
{
	IR_LIST instructions = ir_instructions(function);
	int ret;

	for (size_t i = 0; i < instructions.count; i++) {
		ret = replace_variadic_call(r, instructions.at[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/* The size of a function once its calls are inlined; fails on recursion and on unbounded growth. */
struct growth {
	struct rewriter *r;
	struct ir_map sizes; /* 1: being visited, else size + 2 */
	unsigned depth;
	int ret;
};

static unsigned inlined_size(struct growth *g, LLVMValueRef function)
{
	unsigned size = 0, known = *ir_map_at(&g->sizes, function, true);
	IR_LIST instructions = {0};
	LLVMValueRef callee;
	size_t length;

	if (known > 1)
		return known - 2;
	*ir_map_at(&g->sizes, function, true) = 1;
	g->depth++;
	instructions = ir_instructions(function);
	for (size_t i = 0; i < instructions.count && !g->ret; i++) {
		size++;
		callee = ir_callee(instructions.at[i]);
		if (!callee || LLVMIsDeclaration(callee))
			continue;
		if (*ir_map_at(&g->sizes, callee, true) == 1)
			g->ret = ir_fail(g->r, instructions.at[i],
				"%s calls itself; BPF programs cannot recurse",
				LLVMGetValueName2(callee, &length));
		else if (g->depth >= CALL_DEPTH_MAX)
			g->ret = ir_fail(g->r, instructions.at[i], "calls nest deeper than %d functions",
				CALL_DEPTH_MAX);
		else
			size += inlined_size(g, callee);
		if (!g->ret && size > INLINED_INSTRUCTIONS_MAX)
			g->ret = ir_fail(g->r, instructions.at[i],
				"%s grows to over a million instructions when what it calls is inlined",
				LLVMGetValueName2(function, &length));
	}
	g->depth--;
	*ir_map_at(&g->sizes, function, true) = size + 2;
	return size;
}

static int check_growth(struct rewriter *r)
{
	struct growth growth = {.r = r};

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f && !growth.ret; f = LLVMGetNextFunction(f))
		if (!LLVMIsDeclaration(f))
			inlined_size(&growth, f);
	ir_map_free(&growth.sizes);
	return growth.ret;
}

/* A call that has to be inlined, or NULL if none is left. */
static LLVMValueRef find_inlinable_call(struct rewriter *r)
{
	LLVMValueRef callee;

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++) {
			callee = ir_callee(instructions.at[i]);
			if (callee && is_inlinable(callee))
				return instructions.at[i];
		}
	}
	return NULL;
}

static int inline_calls(struct rewriter *r)
{
	LLVMValueRef left;
	size_t length;
	int ret;

	ret = ir_run(r, "always-inline");
	left = ret ? NULL : find_inlinable_call(r);
	if (left)
		return ir_fail(r, left,
			"the call of %s cannot be inlined: the declaration differs from the definition, or it takes '...'",
			LLVMGetValueName2(ir_callee(left), &length));
	return ret;
}

/* Constant folding makes calls direct, and inlining brings new constants: alternate until all calls are
 * direct. */
static int fold_and_inline(struct rewriter *r)
{
	int ret;

	for (;;) {
		ret = ir_run(r, "function(sroa,early-cse<memssa>,instsimplify)");
		for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f && !ret; f = LLVMGetNextFunction(f))
			ret = replace_variadic_calls(r, f);
		if (!ret)
			ret = check_growth(r);
		if (ret || !find_inlinable_call(r))
			return ret;
		ret = inline_calls(r);
		if (ret)
			return ret;
	}
}

/* Ends the function before `call` with `return 0`; what follows becomes unreachable. */
static void return_before(struct rewriter *r, LLVMValueRef call)
{
	LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(call));

	ir_cut_before(r, call);
	ir_build_return_zero(r, function);
	LLVMInstructionEraseFromParent(call);
}

static int return_from_callers(struct rewriter *r)
{
	LLVMValueRef marker = LLVMGetNamedFunction(r->module, "__bcc_return_from_caller"), call, function;
	LLVMUseRef use;

	while (marker && (use = LLVMGetFirstUse(marker))) {
		call = LLVMGetUser(use);
		if (ir_callee(call) != marker)
			return ir_fail(r, NULL, "__bcc_return_from_caller() can only be called");
		function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(call));
		if (!ir_is_program(function))
			return ir_fail(r, call,
				"a function that is not inlined cannot end its caller here; use "
				"lookup_or_try_init, or remove noinline");
		return_before(r, call);
	}
	return 0;
}

/* &TABLE as the argument of a helper means the map, not the constant struct of its methods. */
static void point_to_maps(struct rewriter *r)
{
	static const char prefix[] = "__bcc_map_";
	LLVMValueRef methods;
	const char *name;
	size_t length;

	for (LLVMValueRef g = LLVMGetFirstGlobal(r->module); g; g = LLVMGetNextGlobal(g)) {
		name = LLVMGetValueName2(g, &length);
		if (strncmp(name, prefix, sizeof(prefix) - 1))
			continue;
		methods = LLVMGetNamedGlobal(r->module, name + sizeof(prefix) - 1);
		if (methods && LLVMGetLinkage(methods) == LLVMInternalLinkage &&
			LLVMIsGlobalConstant(methods))
			LLVMReplaceAllUsesWith(methods, g);
	}
}

int bcc_prepare(struct rewriter *r)
{
	int ret;

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		if (LLVMIsDeclaration(f))
			continue;
		set_attributes(r, f);
		relax_instructions(r, f);
	}
	fix_helper_variables(r);
	ret = fold_and_inline(r);
	/* Functions that are only left as callbacks of helpers, and programs, must not be inlined any
	 * more. */
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f))
		ir_remove_attribute(f, "alwaysinline");
	if (!ret) {
		point_to_maps(r);
		ret = ir_run(r, "globaldce");
	}
	if (!ret)
		ret = return_from_callers(r);
	return ret;
}
