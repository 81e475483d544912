/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and writes fields of packet headers (the structs of bcc/proto.h) in the packet, in network byte and
 * bit order.
 *
 *   before:  %a = call ptr @llvm.preserve.struct.access.index(ptr elementtype(%ip_t) %ip, i32 0, i32 1)
 *            %w = load i8, ptr %a           ; ip->hlen, the second field: clang takes its bits from the
 *            %hlen = lshr i8 %w, 4          ; storage unit by the little-endian rule, bits 4 to 7
 *   after:   %b = the byte at (i64 %ip) + 0, by bpf_skb_load_bytes
 *            %f = and i8 %b, 15             ; network order: high bits first, so bits 3 to 0
 *            %w = shl i8 %f, 4              ; where clang's code looks for it
 *
 * The marks tell struct and field of each access, and debug information tells where the field begins. Fields
 * of a packed struct begin at the same bit of the struct under either rule; only the direction of counting
 * within bytes differs. So clang's code around loads and stores of storage units can stay, whatever it looks
 * like: a load is replaced by a unit that has the field's value in the field's position, and of a stored unit
 * only the bits in that position are written. No mark of these structs is left behind.
 */
#include "packets.h"

#include <stdlib.h>

#include "rewriter/reads/provenance.h"

#define FIELD_BYTES_MAX 16

/* One instruction that accesses a packet. */
struct access {
	LLVMValueRef at;
	unsigned operand; /* the address in the packet */
	bool is_direct;
};

struct packets {
	struct rewriter *r;
	struct packet_program program;
	struct provenance provenance;
	struct access *accesses;
	size_t count, room;
	/* of headers, in packets and in the program's own memory; of arrays of headers */
	struct ir_list marks;
	struct ir_map listed;  /* the marks of arrays in `marks` */
	struct ir_map packets; /* marks and the addresses of headers that are in packets */
};

/* ---- plan: all questions about pointers are asked before anything changes ---- */

static void plan_access(struct packets *s, LLVMValueRef at, unsigned operand, bool is_direct)
{
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->accesses = reallocarray(s->accesses, s->room, sizeof(*s->accesses));
		if (!s->accesses)
			abort(); /* as LLVM does */
	}
	s->accesses[s->count++] = (struct access){at, operand, is_direct};
}

static LLVMValueRef header_of(struct rewriter *r, LLVMValueRef mark)
{
	LLVMValueRef outer;

	/* a mark inside the struct of another is relative to that one */
	while ((outer = packet_mark(r, LLVMGetOperand(mark, 0))))
		mark = outer;
	return LLVMGetOperand(mark, 0);
}

/* header[1].field */
static void plan_arrays(struct packets *s, LLVMValueRef header)
{
	for (; ir_calls_intrinsic(header, "llvm.preserve.array.access.index");
		header = LLVMGetOperand(header, 0)) {
		if (*ir_map_at(&s->listed, header, true))
			continue;
		*ir_map_at(&s->listed, header, true) = 1;
		ir_list_add(&s->marks, header);
	}
}

/* A header in the program's own memory is plain C: the text decides what is in it. */
static int plan_mark(struct packets *s, LLVMValueRef mark)
{
	LLVMValueRef header = header_of(s->r, mark);
	unsigned origin = ir_provenance(&s->provenance, header);

	ir_list_add(&s->marks, mark);
	plan_arrays(s, header);
	if (origin == FROM_OWN)
		return 0;
	if (origin & FROM_OWN)
		return ir_fail(s->r, mark,
			"this header may be in the packet or in the program's own memory; access each in a separate place");
	if (!s->program.context)
		return ir_fail(s->r, mark,
			"a packet header outside the program's own memory needs a struct __sk_buff * or struct xdp_md * as the program's context");
	*ir_map_at(&s->packets, mark, true) = 1;
	*ir_map_at(&s->packets, header, true) = 1;
	return 0;
}

static bool in_packet(struct packets *s, LLVMValueRef pointer)
{
	LLVMValueRef mark = packet_mark(s->r, pointer);

	return mark && ir_map_at(&s->packets, mark, false);
}

static int check_pointer(struct packets *s, LLVMValueRef at, unsigned operand)
{
	LLVMValueRef pointer = LLVMGetOperand(at, operand);
	enum packet_pointer kind;

	if (!in_packet(s, pointer))
		return 0;
	kind = packet_pointer_kind(s->r, pointer);
	if (kind == PACKET_EITHER)
		return ir_fail(s->r, at,
			"this pointer may be a packet offset or a data pointer; access the header through each in a separate place");
	plan_access(s, at, operand, kind == PACKET_MEMORY);
	return 0;
}

static int check_scalar(struct packets *s, LLVMValueRef at, unsigned operand, LLVMTypeRef type)
{
	if (!in_packet(s, LLVMGetOperand(at, operand)))
		return 0;
	if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind)
		return ir_fail(s->r, at, "a field of a packet header must be an integer");
	return check_pointer(s, at, operand);
}

static int check_copy(struct packets *s, LLVMValueRef at)
{
	for (unsigned i = 0; i < 2; i++)
		if (ir_map_at(&s->packets, LLVMGetOperand(at, i), false) &&
			!packet_mark(s->r, LLVMGetOperand(at, i)))
			return ir_fail(s->r, at,
				"a packet header cannot be copied as a whole; assign its fields, or use bpf_skb_load_bytes");
	if (in_packet(s, LLVMGetOperand(at, 0)) && in_packet(s, LLVMGetOperand(at, 1)))
		return ir_fail(s->r, at, "cannot copy from packet to packet; copy to a local variable first");
	return in_packet(s, LLVMGetOperand(at, 0)) ? check_pointer(s, at, 0) : check_pointer(s, at, 1);
}

static bool is_packet_load(LLVMValueRef call)
{
	return ir_calls_intrinsic(call, "llvm.bpf.load");
}

static int packets_plan_instruction(struct packets *s, LLVMValueRef at)
{
	switch (LLVMGetInstructionOpcode(at)) {
	case LLVMLoad:
		return check_scalar(s, at, 0, LLVMTypeOf(at));
	case LLVMStore:
		return check_scalar(s, at, 1, LLVMTypeOf(LLVMGetOperand(at, 0)));
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
		return in_packet(s, LLVMGetOperand(at, 0))
			       ? ir_fail(s->r, at, "atomic operations on packets are not supported")
			       : 0;
	case LLVMCall:
		if (is_packet_load(at) && s->program.is_xdp)
			plan_access(s, at, 1, false);
		if (ir_calls_intrinsic(at, "llvm.memcpy") || ir_calls_intrinsic(at, "llvm.memmove") ||
			ir_calls_intrinsic(at, "llvm.memcpy.inline"))
			return check_copy(s, at);
		return 0;
	default:
		return 0;
	}
}

/* The address of a field is used in a way that this pass cannot follow: a read through it would not read the
 * packet. */
static int check_other_uses(struct packets *s, struct ir_map *seen, LLVMValueRef address)
{
	LLVMValueRef user;
	int ret = 0;

	for (LLVMUseRef use = LLVMGetFirstUse(address); use && !ret; use = LLVMGetNextUse(use)) {
		user = LLVMGetUser(use);
		if (*ir_map_at(seen, user, true))
			continue;
		if (LLVMIsALoadInst(user) || (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 1) == address) ||
			ir_calls_intrinsic(user, "llvm.memcpy") || ir_calls_intrinsic(user, "llvm.memmove") ||
			ir_calls_intrinsic(user, "llvm.memset") ||
			(ir_callee(user) && !ir_is_intrinsic(ir_callee(user))))
			return ir_fail(s->r, user,
				"a field of a packet header cannot be accessed through a pointer to it; access the field itself");
		*ir_map_at(seen, user, true) = 1;
		if (LLVMIsAPHINode(user) || LLVMIsASelectInst(user) || LLVMIsAGetElementPtrInst(user) ||
			LLVMIsABitCastInst(user))
			ret = check_other_uses(s, seen, user);
	}
	return ret;
}

static int check_plan(struct packets *s)
{
	IR_MAP seen = {0};
	int ret = 0;

	for (size_t i = 0; i < s->count; i++)
		*ir_map_at(&seen, s->accesses[i].at, true) = 1;
	for (size_t i = 0; i < s->marks.count && !ret; i++)
		if (ir_map_at(&s->packets, s->marks.at[i], false))
			ret = check_other_uses(s, &seen, s->marks.at[i]);
	return ret;
}

static int packets_plan(struct packets *s)
{
	IR_LIST instructions = ir_instructions(s->program.function);
	int ret = 0;

	for (size_t i = 0; i < instructions.count && !ret; i++)
		if (packet_mark(s->r, instructions.at[i]) &&
			ir_calls_intrinsic(instructions.at[i], "llvm.preserve"))
			ret = plan_mark(s, instructions.at[i]);
	for (size_t i = 0; i < instructions.count && !ret; i++)
		ret = packets_plan_instruction(s, instructions.at[i]);
	return ret ? ret : check_plan(s);
}

/* ---- fields ---- */

/* Where a field is: the bytes that it touches, counted from the access' address, and its bits in them. */
struct span {
	struct packet_place place;
	unsigned bytes;
	unsigned bits; /* of the number that these bytes form */
	unsigned tail; /* bits behind the field in the last byte */
	unsigned head; /* bits of the number before the field */
};

static int span_of(
	struct packets *s, const struct access *access, const struct packet_field *field, struct span *span)
{
	unsigned first = field->bit % 8;

	span->place = (struct packet_place){
		LLVMGetOperand(access->at, access->operand), field->bit / 8, access->is_direct};
	span->bytes = (first + field->width + 7) / 8;
	if (!field->width || span->bytes > FIELD_BYTES_MAX)
		return ir_fail(s->r, access->at,
			"a field of a packet header can have at most 128 bits, or 64 if it does not begin at a byte");
	span->bits = packet_number_bits(span->bytes);
	span->tail = span->bytes * 8 - first - field->width;
	span->head = span->bits - field->width - span->tail;
	return 0;
}

/* Shifts left, then right. */
static LLVMValueRef packets_shift(struct rewriter *r, LLVMValueRef number, unsigned left, unsigned right)
{
	LLVMTypeRef type = LLVMTypeOf(number);

	number = LLVMBuildShl(r->builder, number, LLVMConstInt(type, left, false), "");
	return LLVMBuildLShr(r->builder, number, LLVMConstInt(type, right, false), "");
}

static LLVMValueRef packets_resize(struct rewriter *r, LLVMValueRef number, unsigned bits)
{
	return LLVMBuildIntCast2(r->builder, number, ir_int(r, bits), false, "");
}

/* `width` ones with `tail` zeros behind them. The builder folds constants. */
static LLVMValueRef mask_of(struct rewriter *r, unsigned bits, unsigned width, unsigned tail)
{
	LLVMTypeRef type = ir_int(r, bits);
	LLVMValueRef ones = LLVMConstAllOnes(type);

	ones = LLVMBuildLShr(r->builder, ones, LLVMConstInt(type, bits - width, false), "");
	return LLVMBuildShl(r->builder, ones, LLVMConstInt(type, tail, false), "");
}

/* A storage unit that is only loaded to replace the field's bits: the store needs none of the old ones. */
static bool is_overwritten(struct rewriter *r, LLVMValueRef load, const struct packet_field *field)
{
	LLVMValueRef bits = mask_of(r, field->unit, field->width, field->bit), user;

	for (LLVMUseRef use = LLVMGetFirstUse(load); use; use = LLVMGetNextUse(use)) {
		user = LLVMGetUser(use);
		if (LLVMGetInstructionOpcode(user) != LLVMAnd ||
			!LLVMIsAConstantInt(LLVMGetOperand(user, 1)) ||
			!LLVMIsNull(LLVMBuildAnd(r->builder, LLVMGetOperand(user, 1), bits, "")))
			return false;
	}
	return true;
}

static int packets_rewrite_load(struct packets *s, const struct access *access)
{
	struct rewriter *r = s->r;
	unsigned unit = LLVMGetIntTypeWidth(LLVMTypeOf(access->at));
	struct packet_field field = packet_field_at(r, LLVMGetOperand(access->at, access->operand), unit);
	LLVMValueRef value;
	struct span span;
	int ret = span_of(s, access, &field, &span);

	if (ret)
		return ret;
	if (is_overwritten(r, access->at, &field)) {
		value = ir_const(r, unit, 0);
	} else {
		value = packet_load(&s->program, access->at, &span.place, span.bytes);
		value = packets_resize(r, packets_shift(r, value, span.head, span.bits - field.width), unit);
		value = LLVMBuildShl(r->builder, value, ir_const(r, unit, field.bit), "");
	}
	LLVMReplaceAllUsesWith(access->at, value);
	LLVMInstructionEraseFromParent(access->at);
	return 0;
}

static int rewrite_store(struct packets *s, const struct access *access)
{
	struct rewriter *r = s->r;
	LLVMValueRef value = LLVMGetOperand(access->at, 0), old, others;
	unsigned unit = LLVMGetIntTypeWidth(LLVMTypeOf(value));
	struct packet_field field = packet_field_at(r, LLVMGetOperand(access->at, access->operand), unit);
	struct span span;
	int ret = span_of(s, access, &field, &span);

	if (ret)
		return ret;
	ir_build_before(r, access->at);
	value = LLVMBuildLShr(r->builder, value, ir_const(r, unit, field.bit), "");
	value = packets_shift(r, packets_resize(r, value, span.bits), span.bits - field.width, span.head);
	if (field.width % 8 || field.bit % 8) {
		old = packet_load(&s->program, access->at, &span.place, span.bytes);
		others = LLVMBuildNot(r->builder, mask_of(r, span.bits, field.width, span.tail), "");
		value = LLVMBuildOr(r->builder, LLVMBuildAnd(r->builder, old, others, ""), value, "");
	}
	packet_store(&s->program, access->at, &span.place, span.bytes, value);
	LLVMInstructionEraseFromParent(access->at);
	return 0;
}

static void packets_rewrite_copy(struct packets *s, const struct access *access)
{
	LLVMValueRef at = access->at;
	struct packet_place place = {LLVMGetOperand(at, access->operand), 0, access->is_direct};

	if (access->operand)
		packet_copy_out(&s->program, at, &place, LLVMGetOperand(at, 0), LLVMGetOperand(at, 2));
	else
		packet_copy_in(&s->program, at, &place, LLVMGetOperand(at, 1), LLVMGetOperand(at, 2));
	LLVMInstructionEraseFromParent(at);
}

/* load_byte() and the like, which the kernel only has for socket buffers. */
static void rewrite_packet_load(struct packets *s, const struct access *access)
{
	unsigned bytes = ir_calls_intrinsic(access->at, "llvm.bpf.load.byte")	? 1
			 : ir_calls_intrinsic(access->at, "llvm.bpf.load.half") ? 2
										: 4;
	struct packet_place place = {0};
	LLVMValueRef value;

	ir_build_before(s->r, access->at);
	place.address = LLVMBuildIntToPtr(
		s->r->builder, LLVMGetOperand(access->at, access->operand), ir_pointer(s->r), "");
	value = packet_load(&s->program, access->at, &place, bytes);
	LLVMReplaceAllUsesWith(access->at, value);
	LLVMInstructionEraseFromParent(access->at);
}

static int packets_rewrite_access(struct packets *s, const struct access *access)
{
	if (LLVMIsALoadInst(access->at))
		return packets_rewrite_load(s, access);
	if (LLVMIsAStoreInst(access->at))
		return rewrite_store(s, access);
	if (is_packet_load(access->at))
		rewrite_packet_load(s, access);
	else
		packets_rewrite_copy(s, access);
	return 0;
}

/* ---- the pass ---- */

static int rewrite_function(struct rewriter *r, LLVMValueRef function)
{
	struct packet_context context = packet_context(function);
	struct packets s = {.r = r,
		.program = {.r = r, .function = function, .is_xdp = packet_context_is(&context, "xdp_md")},
		.provenance = {.r = r}};
	int ret;

	/* a void * is what the program will be loaded for; of those with packets, most are for sockets and
	 * traffic control */
	if (s.program.is_xdp || packet_context_is(&context, "__sk_buff") || !context.length)
		s.program.context = context.value;
	ret = packets_plan(&s);
	for (size_t i = 0; i < s.count && !ret; i++)
		ret = packets_rewrite_access(&s, &s.accesses[i]);
	for (size_t i = 0; i < s.marks.count && !ret; i++)
		packet_remove_mark(r, s.marks.at[i]);
	ir_provenance_free(&s.provenance);
	ir_list_free(&s.marks);
	ir_map_free(&s.listed);
	ir_map_free(&s.packets);
	free(s.accesses);
	return ret;
}

/* __bcc_context() of bcc/packets.h */
static int place_contexts(struct rewriter *r)
{
	LLVMValueRef marker = LLVMGetNamedFunction(r->module, "__bcc_context"), call;
	struct packet_context context;
	LLVMUseRef use;

	while (marker && (use = LLVMGetFirstUse(marker))) {
		call = LLVMGetUser(use);
		if (ir_callee(call) != marker)
			return ir_fail(r, NULL, "__bcc_context() can only be called");
		context = packet_context(LLVMGetBasicBlockParent(LLVMGetInstructionParent(call)));
		if (!context.value)
			return ir_fail(r, call, "the program's context is not passed to this function");
		LLVMReplaceAllUsesWith(call, context.value);
		LLVMInstructionEraseFromParent(call);
	}
	return 0;
}

int bcc_rewrite_packets(struct rewriter *r)
{
	int ret = place_contexts(r);

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f && !ret; f = LLVMGetNextFunction(f))
		if (!LLVMIsDeclaration(f))
			ret = rewrite_function(r, f);
	return ret;
}
