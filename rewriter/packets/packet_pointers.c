/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pointer to a header is relative to.
 *
 *   (u8 *)14, a sum of lengths, cb[0]            an offset: read with a helper
 *   (void *)(long)skb->data + 14                 memory, checked against data_end: read with loads
 */
#include "packets.h"

#include <string.h>

#define CHAIN_MAX 64
#define DEPTH_MAX 16 /* of calls that pass the context on */

#define UNKNOWN 8 /* beside enum packet_pointer: depends on a value that is being visited */

/* ---- the context of a function ---- */

static LLVMValueRef context_of(LLVMValueRef function, struct packet_context *context, int depth);

/* Whether every call of `function` passes its caller's context, of the same kind, as argument `index`. */
static bool is_context(LLVMValueRef function, unsigned index, struct packet_context *context, int depth)
{
	LLVMValueRef call, caller;
	struct packet_context its = {0};
	bool found = false;

	for (LLVMUseRef use = LLVMGetFirstUse(function); use; use = LLVMGetNextUse(use)) {
		call = LLVMGetUser(use);
		if (ir_callee(call) != function || index >= LLVMGetNumArgOperands(call))
			return false;
		caller = LLVMGetBasicBlockParent(LLVMGetInstructionParent(call));
		if (caller == function) /* recursion: its other callers decide */
			continue;
		if (context_of(caller, &its, depth + 1) != LLVMGetOperand(call, index) ||
			(found && (its.length != context->length ||
					  memcmp(its.name, context->name, its.length))))
			return false;
		*context = its;
		found = true;
	}
	return found;
}

static LLVMValueRef context_of(LLVMValueRef function, struct packet_context *context, int depth)
{
	LLVMAttributeRef attribute =
		LLVMGetStringAttributeAtIndex(function, LLVMAttributeFunctionIndex, "bcc-ctx", 7);
	unsigned count = LLVMCountParams(function);

	context->name = "";
	context->length = 0;
	if (ir_is_program(function)) {
		if (attribute)
			context->name = LLVMGetStringAttributeValue(attribute, &context->length);
		return count ? LLVMGetParam(function, 0) : NULL;
	}
	for (unsigned i = 0; i < count && depth < DEPTH_MAX; i++)
		if (is_context(function, i, context, depth))
			return LLVMGetParam(function, i);
	return NULL;
}

struct packet_context packet_context(LLVMValueRef function)
{
	struct packet_context context;

	context.value = context_of(function, &context, 0);
	return context;
}

bool packet_context_is(const struct packet_context *context, const char *name)
{
	return context->value && strlen(name) == context->length &&
	       !memcmp(context->name, name, context->length);
}

/* ---- the kind of a pointer ---- */

struct walk {
	struct rewriter *r;
	struct ir_map seen; /* 1: being visited, else its kinds << 1 | 1 */
};

/* Bytes that one step of address arithmetic adds, -1 if that is not constant. */
static long long bytes_of_step(struct rewriter *r, LLVMValueRef pointer)
{
	long long bytes;

	if (packet_is_any_mark(r, pointer))
		return packet_bytes_to_unit(r, pointer);
	if (!LLVMIsAGetElementPtrInst(pointer) || !ir_constant_step(r, pointer, &bytes))
		return -1;
	return bytes;
}

/* data, data_end and data_meta of struct __sk_buff and struct xdp_md, <linux/bpf.h> */
static bool is_data_pointer(const struct walk *w, LLVMValueRef load)
{
	LLVMValueRef pointer = LLVMGetOperand(load, 0);
	struct packet_context context;
	long long at = 0, step;

	for (int i = 0; i < CHAIN_MAX && LLVMIsAInstruction(pointer); i++) {
		step = bytes_of_step(w->r, pointer);
		if (step < 0)
			return false;
		at += step;
		pointer = LLVMGetOperand(pointer, 0);
	}
	if (!LLVMIsAArgument(pointer))
		return false;
	context = packet_context(LLVMGetParamParent(pointer));
	if (pointer != context.value)
		return false;
	if (packet_context_is(&context, "xdp_md"))
		return at == 0 || at == 4 || at == 8;
	return packet_context_is(&context, "__sk_buff") && (at == 76 || at == 80 || at == 140);
}

static unsigned packet_pointers_kind_of(struct walk *w, LLVMValueRef value);

/* One of several values. */
static unsigned packet_pointers_either(unsigned kinds)
{
	if ((kinds & PACKET_EITHER) || (kinds & PACKET_OFFSET && kinds & PACKET_MEMORY))
		return PACKET_EITHER;
	return kinds & ~UNKNOWN ? kinds & ~UNKNOWN : kinds;
}

/* A pointer plus a number is a pointer. */
static unsigned kind_of_sum(struct walk *w, LLVMValueRef sum)
{
	unsigned kinds = 0;

	for (int i = 0; i < LLVMGetNumOperands(sum); i++)
		kinds |= packet_pointers_kind_of(w, LLVMGetOperand(sum, i));
	if (kinds & PACKET_EITHER)
		return PACKET_EITHER;
	if (kinds & PACKET_MEMORY)
		return PACKET_MEMORY;
	return kinds & UNKNOWN ? UNKNOWN : kinds;
}

static unsigned kind_of_argument(struct walk *w, LLVMValueRef argument)
{
	LLVMValueRef function = LLVMGetParamParent(argument), call;
	unsigned kinds = 0, index = 0;

	while (LLVMGetParam(function, index) != argument)
		index++;
	for (LLVMUseRef use = LLVMGetFirstUse(function); use; use = LLVMGetNextUse(use)) {
		call = LLVMGetUser(use);
		if (ir_callee(call) == function && index < LLVMGetNumArgOperands(call))
			kinds |= packet_pointers_kind_of(w, LLVMGetOperand(call, index));
	}
	return kinds ? packet_pointers_either(kinds) : PACKET_OFFSET;
}

static unsigned kind_of_instruction(struct walk *w, LLVMValueRef value)
{
	unsigned kinds = 0;

	if (LLVMIsALoadInst(value))
		return is_data_pointer(w, value) ? PACKET_MEMORY : PACKET_OFFSET;
	if (LLVMIsAPHINode(value)) {
		for (unsigned i = 0; i < LLVMCountIncoming(value); i++)
			kinds |= packet_pointers_kind_of(w, LLVMGetIncomingValue(value, i));
		return packet_pointers_either(kinds);
	}
	if (LLVMIsASelectInst(value))
		return packet_pointers_either(packet_pointers_kind_of(w, LLVMGetOperand(value, 1)) |
					      packet_pointers_kind_of(w, LLVMGetOperand(value, 2)));
	if (LLVMIsABinaryOperator(value) || LLVMIsAGetElementPtrInst(value))
		return kind_of_sum(w, value);
	if (LLVMIsACastInst(value) || ir_calls_intrinsic(value, "llvm.preserve"))
		return packet_pointers_kind_of(w, LLVMGetOperand(value, 0));
	return PACKET_OFFSET;
}

static unsigned packet_pointers_kind_of(struct walk *w, LLVMValueRef value)
{
	unsigned *seen, kinds = PACKET_OFFSET;

	if (LLVMIsConstant(value))
		return LLVMIsNull(value) ? 0 : PACKET_OFFSET;
	seen = ir_map_at(&w->seen, value, true);
	if (*seen)
		return *seen == 1 ? UNKNOWN : *seen >> 1;
	*seen = 1;
	if (LLVMIsAArgument(value))
		kinds = kind_of_argument(w, value);
	else if (LLVMIsAInstruction(value))
		kinds = kind_of_instruction(w, value);
	*ir_map_at(&w->seen, value, true) = kinds << 1 | 1;
	return kinds;
}

enum packet_pointer packet_pointer_kind(struct rewriter *r, LLVMValueRef pointer)
{
	struct walk walk = {.r = r};
	unsigned kind = packet_pointers_kind_of(&walk, pointer);

	ir_map_free(&walk.seen);
	if (kind & PACKET_EITHER)
		return PACKET_EITHER;
	return kind & PACKET_MEMORY ? PACKET_MEMORY : PACKET_OFFSET;
}
