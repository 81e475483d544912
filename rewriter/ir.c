/* SPDX-License-Identifier: Apache-2.0 */
#include "ir.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <llvm-c/Error.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "common/kernel_symbol.h"

/* Passes hold half-changed IR, and LLVM itself aborts when out of memory: so do these lists. */
static void *ir_grow(void *old, size_t count, size_t size)
{
	void *new = reallocarray(old, count, size);

	if (!new)
		abort();
	return new;
}

void ir_list_add(struct ir_list *list, LLVMValueRef value)
{
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->at = ir_grow(list->at, list->room, sizeof(*list->at));
	}
	list->at[list->count++] = value;
}

void ir_list_free(struct ir_list *list)
{
	free(list->at);
}

struct ir_list ir_instructions(LLVMValueRef function)
{
	struct ir_list list = {0};

	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
		block = LLVMGetNextBasicBlock(block))
		for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = LLVMGetNextInstruction(i))
			ir_list_add(&list, i);
	return list;
}

static void ir_reach(struct ir_map *reached, struct ir_list *queue, LLVMBasicBlockRef block)
{
	unsigned *seen = ir_map_at(reached, block, true);

	if (!*seen)
		ir_list_add(queue, LLVMBasicBlockAsValue(block));
	*seen = 1;
}

bool ir_is_reached(LLVMValueRef instruction)
{
	LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);
	IR_MAP reached = {0};
	IR_LIST queue = {0};

	ir_reach(&reached, &queue, LLVMGetEntryBasicBlock(LLVMGetBasicBlockParent(block)));
	for (size_t i = 0; i < queue.count; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(LLVMValueAsBasicBlock(queue.at[i]));

		for (unsigned n = 0; end && n < LLVMGetNumSuccessors(end); n++)
			ir_reach(&reached, &queue, LLVMGetSuccessor(end, n));
	}
	return ir_map_at(&reached, block, false) != NULL;
}

void ir_each_instruction(struct rewriter *r, void (*fn)(struct rewriter *r, LLVMValueRef instruction))
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++)
			fn(r, instructions.at[i]);
	}
}

struct ir_list ir_functions(LLVMModuleRef module)
{
	struct ir_list list = {0};

	for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
		ir_list_add(&list, f);
	return list;
}

static size_t map_slot(const struct ir_map *map, const void *key)
{
	size_t i = ((uintptr_t)key >> 4) * 0x9e3779b97f4a7c15ULL >> 20;

	for (i &= map->room - 1; map->keys[i] && map->keys[i] != key; i = (i + 1) & (map->room - 1))
		;
	return i;
}

unsigned *ir_map_at(struct ir_map *map, const void *key, bool add)
{
	struct ir_map old = *map;
	size_t i;

	if (add && map->count * 2 >= map->room) {
		map->room = old.room ? old.room * 2 : 64;
		map->keys = ir_grow(NULL, map->room, sizeof(*map->keys));
		map->values = ir_grow(NULL, map->room, sizeof(*map->values));
		memset(map->keys, 0, map->room * sizeof(*map->keys));
		for (i = 0; i < old.room; i++) {
			if (!old.keys[i])
				continue;
			map->values[map_slot(map, old.keys[i])] = old.values[i];
			map->keys[map_slot(map, old.keys[i])] = old.keys[i];
		}
		ir_map_free(&old);
	}
	if (!map->room)
		return NULL;
	i = map_slot(map, key);
	if (!map->keys[i]) {
		if (!add)
			return NULL;
		map->keys[i] = key;
		map->values[i] = 0;
		map->count++;
	}
	return &map->values[i];
}

void ir_map_free(struct ir_map *map)
{
	free(map->keys);
	free(map->values);
}

long ir_helper_of(LLVMValueRef call)
{
	LLVMValueRef callee;

	if (!LLVMIsACallInst(call))
		return 0;
	callee = LLVMGetCalledValue(call);
	if (!LLVMIsAConstantExpr(callee) || LLVMGetConstOpcode(callee) != LLVMIntToPtr)
		return 0;
	callee = LLVMGetOperand(callee, 0);
	return LLVMIsAConstantInt(callee) ? (long)LLVMConstIntGetZExtValue(callee) : 0;
}

LLVMValueRef ir_callee(LLVMValueRef call)
{
	LLVMValueRef callee;

	if (!LLVMIsACallInst(call))
		return NULL;
	callee = LLVMGetCalledValue(call);
	return LLVMIsAFunction(callee);
}

bool ir_is_intrinsic(LLVMValueRef function)
{
	size_t length;

	return !strncmp(LLVMGetValueName2(function, &length), "llvm.", 5);
}

bool ir_calls_intrinsic(LLVMValueRef instruction, const char *prefix)
{
	LLVMValueRef callee = ir_callee(instruction);
	size_t length, prefix_length = strlen(prefix);
	const char *name;

	if (!callee)
		return false;
	name = LLVMGetValueName2(callee, &length);
	return !strncmp(name, prefix, prefix_length) && (!name[prefix_length] || name[prefix_length] == '.');
}

bool ir_has_attribute(LLVMValueRef function, const char *name)
{
	unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));

	return LLVMGetEnumAttributeAtIndex(function, LLVMAttributeFunctionIndex, kind);
}

void ir_add_attribute(struct rewriter *r, LLVMValueRef function, const char *name)
{
	unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
	LLVMAttributeRef attribute = kind ? LLVMCreateEnumAttribute(r->context, kind, 0)
					  : LLVMCreateStringAttribute(r->context, name, strlen(name), "", 0);

	LLVMAddAttributeAtIndex(function, LLVMAttributeFunctionIndex, attribute);
}

void ir_remove_attribute(LLVMValueRef function, const char *name)
{
	LLVMRemoveEnumAttributeAtIndex(
		function, LLVMAttributeFunctionIndex, LLVMGetEnumAttributeKindForName(name, strlen(name)));
}

bool ir_is_kernel_symbol(LLVMValueRef global)
{
	const char *section = LLVMIsDeclaration(global) ? LLVMGetSection(global) : NULL;

	return section && !strncmp(section, BCC_KERNEL_SYMBOL_SECTION, strlen(BCC_KERNEL_SYMBOL_SECTION));
}

bool ir_is_program(LLVMValueRef function)
{
	LLVMLinkage linkage = LLVMGetLinkage(function);

	return !LLVMIsDeclaration(function) && linkage != LLVMInternalLinkage &&
	       linkage != LLVMPrivateLinkage;
}

LLVMTypeRef ir_int(struct rewriter *r, unsigned bits)
{
	return LLVMIntTypeInContext(r->context, bits);
}

LLVMTypeRef ir_pointer(struct rewriter *r)
{
	return LLVMPointerTypeInContext(r->context, 0);
}

LLVMValueRef ir_const(struct rewriter *r, unsigned bits, unsigned long long value)
{
	return LLVMConstInt(ir_int(r, bits), value, false);
}

bool ir_constant_step(struct rewriter *r, LLVMValueRef gep, long long *offset)
{
	LLVMTypeRef type = LLVMGetGEPSourceElementType(gep);
	LLVMValueRef index;
	long long number;

	*offset = 0;
	for (int i = 1; i < LLVMGetNumOperands(gep); i++) {
		index = LLVMGetOperand(gep, i);
		if (!LLVMIsAConstantInt(index))
			return false;
		number = LLVMConstIntGetSExtValue(index);
		if (i > 1 && LLVMGetTypeKind(type) == LLVMStructTypeKind) {
			*offset += LLVMOffsetOfElement(r->layout, type, number);
			type = LLVMStructGetTypeAtIndex(type, number);
			continue;
		}
		if (i > 1)
			type = LLVMGetElementType(type);
		*offset += number * (long long)LLVMABISizeOfType(r->layout, type);
	}
	return true;
}

LLVMValueRef ir_base_of(struct rewriter *r, LLVMValueRef pointer, long long *offset)
{
	long long step;

	*offset = 0;
	while (LLVMIsAGetElementPtrInst(pointer) && ir_constant_step(r, pointer, &step)) {
		*offset += step;
		pointer = LLVMGetOperand(pointer, 0);
	}
	return pointer;
}

LLVMValueRef ir_build_offset(struct rewriter *r, LLVMValueRef base, long long offset)
{
	LLVMValueRef index = ir_const(r, 64, offset);

	return offset ? LLVMBuildGEP2(r->builder, ir_int(r, 8), base, &index, 1, "") : base;
}

void ir_build_before(struct rewriter *r, LLVMValueRef instruction)
{
	LLVMPositionBuilderBefore(r->builder, instruction);
	LLVMSetCurrentDebugLocation2(r->builder, LLVMInstructionGetDebugLoc(instruction));
}

void ir_cut_before(struct rewriter *r, LLVMValueRef at)
{
	LLVMBasicBlockRef rest = LLVMGetInstructionParent(at), first;
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(rest), next;

	LLVMSetCurrentDebugLocation2(r->builder, NULL); /* moved instructions keep their own location */
	first = LLVMInsertBasicBlockInContext(r->context, rest, "");
	for (LLVMValueRef i = LLVMGetFirstInstruction(rest); i != at; i = next) {
		next = LLVMGetNextInstruction(i);
		LLVMInstructionRemoveFromParent(i);
		LLVMPositionBuilderAtEnd(r->builder, first);
		LLVMInsertIntoBuilder(r->builder, i);
	}
	/* a block without terminator has no successors, so that no phi is changed */
	LLVMInstructionRemoveFromParent(terminator);
	LLVMReplaceAllUsesWith(LLVMBasicBlockAsValue(rest), LLVMBasicBlockAsValue(first));
	LLVMPositionBuilderAtEnd(r->builder, rest);
	LLVMInsertIntoBuilder(r->builder, terminator);
	LLVMPositionBuilderAtEnd(r->builder, first);
	LLVMSetCurrentDebugLocation2(r->builder, LLVMInstructionGetDebugLoc(at));
}

void ir_build_return_zero(struct rewriter *r, LLVMValueRef function)
{
	LLVMTypeRef type = LLVMGetReturnType(LLVMGlobalGetValueType(function));

	if (LLVMGetTypeKind(type) == LLVMVoidTypeKind)
		LLVMBuildRetVoid(r->builder);
	else
		LLVMBuildRet(r->builder, LLVMConstNull(type));
}

static void place_in_file(LLVMMetadataRef scope, unsigned line, unsigned column, char *buf, size_t size)
{
	LLVMMetadataRef file = LLVMDIScopeGetFile(scope);
	unsigned length = 0;
	const char *name = file ? LLVMDIFileGetFilename(file, &length) : "";

	if (!line)
		snprintf(buf, size, "%.*s", (int)length, name);
	else if (column)
		snprintf(buf, size, "%.*s:%u:%u", (int)length, name, line, column);
	else
		snprintf(buf, size, "%.*s:%u", (int)length, name, line);
}

static bool in_main_file(LLVMModuleRef module, LLVMMetadataRef location)
{
	LLVMMetadataRef file = LLVMDIScopeGetFile(LLVMDILocationGetScope(location));
	size_t main_length;
	const char *main_name = LLVMGetSourceFileName(module, &main_length);
	unsigned length;
	const char *name;

	if (!file)
		return false;
	name = LLVMDIFileGetFilename(file, &length);
	return length == main_length && !memcmp(name, main_name, length);
}

void ir_place(LLVMValueRef at, char *buf, size_t size)
{
	LLVMMetadataRef location, outer, subprogram;
	LLVMValueRef function;

	buf[0] = '\0';
	if (LLVMIsAFunction(at)) {
		subprogram = LLVMGetSubprogram(at);
		if (subprogram)
			place_in_file(subprogram, LLVMDISubprogramGetLine(subprogram), 0, buf, size);
		return;
	}
	function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(at));
	location = LLVMInstructionGetDebugLoc(at);
	if (!location || !LLVMDILocationGetLine(location)) {
		ir_place(function, buf, size);
		return;
	}
	/* inlined code of an include is reported where the text calls it */
	for (outer = location; outer; outer = LLVMDILocationGetInlinedAt(outer)) {
		if (in_main_file(LLVMGetGlobalParent(function), outer)) {
			location = outer;
			break;
		}
	}
	place_in_file(LLVMDILocationGetScope(location), LLVMDILocationGetLine(location),
		LLVMDILocationGetColumn(location), buf, size);
}

int ir_fail(struct rewriter *r, LLVMValueRef at, const char *format, ...)
{
	char place[512] = "", sentence[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (at)
		ir_place(at, place, sizeof(place));
	return bcc_fail(r->err, -EINVAL, "%s%serror: %s", place, place[0] ? ": " : "", sentence);
}

int ir_run(struct rewriter *r, const char *passes)
{
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
	LLVMErrorRef error = LLVMRunPasses(r->module, passes, r->machine, options);
	char *message;
	int ret = 0;

	LLVMDisposePassBuilderOptions(options);
	if (error) {
		message = LLVMGetErrorMessage(error);
		ret = bcc_fail(r->err, -EFAULT, "internal error: LLVM passes %s: %s", passes, message);
		LLVMDisposeErrorMessage(message);
	}
	return ret;
}
