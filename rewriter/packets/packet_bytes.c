/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and writes bytes of a packet with helpers that all program types for packets have. The instructions
 * behind load_byte() are rejected in half of those types, and call into the kernel as well.
 *
 *   before:  a load of two bytes at %offset of the packet
 *   after:   %r = call i64 @bpf_skb_load_bytes(ptr %skb, i64 %offset, ptr %buffer, i32 2)
 *            br (%r ≠ 0), label %outside, label %inside       ; outside: ret i32 0
 */
#include "packets.h"

#define BUFFER_MAX 16

unsigned packet_number_bits(unsigned bytes)
{
	return bytes > 8 ? 128 : 64;
}

static LLVMValueRef buffer_of(struct packet_program *p, unsigned bytes)
{
	struct rewriter *r = p->r;
	unsigned index = bytes > 8;

	if (p->buffers[index])
		return p->buffers[index];
	LLVMPositionBuilderBefore(r->builder, LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(p->function)));
	LLVMSetCurrentDebugLocation2(r->builder, NULL);
	p->buffers[index] =
		LLVMBuildAlloca(r->builder, LLVMArrayType(ir_int(r, 8), index ? BUFFER_MAX : 8), "packet");
	LLVMSetAlignment(p->buffers[index], 8);
	return p->buffers[index];
}

static LLVMBasicBlockRef outside_of(struct packet_program *p)
{
	if (p->outside)
		return p->outside;
	p->outside = LLVMAppendBasicBlockInContext(p->r->context, p->function, "outside");
	LLVMPositionBuilderAtEnd(p->r->builder, p->outside);
	LLVMSetCurrentDebugLocation2(p->r->builder, NULL);
	ir_build_return_zero(p->r, p->function);
	return p->outside;
}

/* Leaves the program unless `result`, a helper's, is 0; the builder then stands before `at`. */
static void leave_unless_zero(struct packet_program *p, LLVMValueRef at, LLVMValueRef result)
{
	struct rewriter *r = p->r;
	LLVMBasicBlockRef outside = outside_of(p), rest = LLVMGetInstructionParent(at);
	LLVMValueRef failed;

	ir_cut_before(r, at);
	failed = LLVMBuildICmp(r->builder, LLVMIntNE, result, ir_const(r, 64, 0), "");
	LLVMBuildCondBr(r->builder, failed, outside, rest);
	ir_build_before(r, at);
}

/* Both pairs of helpers take (context, offset, memory, size); storing into a socket buffer takes flags
 * too. */
static void call_helper(struct packet_program *p, LLVMValueRef at, enum ir_helper helper,
	const struct packet_place *place, LLVMValueRef memory, LLVMValueRef size)
{
	struct rewriter *r = p->r;
	LLVMTypeRef types[] = {ir_pointer(r), ir_int(r, 64), ir_pointer(r), ir_int(r, 32), ir_int(r, 64)};
	unsigned count = helper == HELPER_SKB_STORE_BYTES ? 5 : 4;
	LLVMTypeRef type = LLVMFunctionType(ir_int(r, 64), types, count, false);
	LLVMValueRef arguments[] = {p->context, NULL, memory, NULL, ir_const(r, 64, 0)}, result;

	ir_build_before(r, at);
	arguments[1] =
		LLVMBuildAdd(r->builder, LLVMBuildPtrToInt(r->builder, place->address, ir_int(r, 64), ""),
			ir_const(r, 64, place->offset), "");
	arguments[3] = LLVMBuildIntCast2(r->builder, size, ir_int(r, 32), false, "");
	result = LLVMBuildCall2(r->builder, type, LLVMConstIntToPtr(ir_const(r, 64, helper), ir_pointer(r)),
		arguments, count, "");
	leave_unless_zero(p, at, result);
}

static void load_bytes(struct packet_program *p, LLVMValueRef at, const struct packet_place *place,
	LLVMValueRef to, LLVMValueRef size)
{
	call_helper(p, at, p->is_xdp ? HELPER_XDP_LOAD_BYTES : HELPER_SKB_LOAD_BYTES, place, to, size);
}

static void store_bytes(struct packet_program *p, LLVMValueRef at, const struct packet_place *place,
	LLVMValueRef from, LLVMValueRef size)
{
	call_helper(p, at, p->is_xdp ? HELPER_XDP_STORE_BYTES : HELPER_SKB_STORE_BYTES, place, from, size);
}

static LLVMValueRef memory_at(struct rewriter *r, const struct packet_place *place)
{
	LLVMValueRef offset = ir_const(r, 64, place->offset);

	return LLVMBuildGEP2(r->builder, ir_int(r, 8), place->address, &offset, 1, "");
}

/* Converts between network byte order and the machine's, which is little-endian. */
static LLVMValueRef swap_bytes(struct rewriter *r, LLVMValueRef number)
{
	LLVMTypeRef type = LLVMTypeOf(number);
	unsigned id = LLVMLookupIntrinsicID("llvm.bswap", 10);
	LLVMValueRef swap = LLVMGetIntrinsicDeclaration(r->module, id, &type, 1);

	return LLVMBuildCall2(r->builder, LLVMGlobalGetValueType(swap), swap, &number, 1, "");
}

LLVMValueRef packet_load(
	struct packet_program *p, LLVMValueRef at, const struct packet_place *place, unsigned bytes)
{
	struct rewriter *r = p->r;
	unsigned bits = packet_number_bits(bytes);
	LLVMValueRef memory, value;

	if (place->is_direct) {
		ir_build_before(r, at);
		memory = memory_at(r, place);
	} else {
		memory = buffer_of(p, bytes);
		load_bytes(p, at, place, memory, ir_const(r, 32, bytes));
	}
	value = LLVMBuildLoad2(r->builder, ir_int(r, bytes * 8), memory, "");
	LLVMSetAlignment(value, place->is_direct ? 1 : 8);
	value = swap_bytes(r, LLVMBuildZExt(r->builder, value, ir_int(r, bits), ""));
	return LLVMBuildLShr(r->builder, value, ir_const(r, bits, bits - bytes * 8), "");
}

void packet_store(struct packet_program *p, LLVMValueRef at, const struct packet_place *place, unsigned bytes,
	LLVMValueRef number)
{
	struct rewriter *r = p->r;
	unsigned bits = packet_number_bits(bytes);
	LLVMValueRef memory = place->is_direct ? NULL : buffer_of(p, bytes), store;

	ir_build_before(r, at);
	if (place->is_direct)
		memory = memory_at(r, place);
	number = swap_bytes(r, LLVMBuildShl(r->builder, number, ir_const(r, bits, bits - bytes * 8), ""));
	store = LLVMBuildStore(
		r->builder, LLVMBuildTrunc(r->builder, number, ir_int(r, bytes * 8), ""), memory);
	LLVMSetAlignment(store, place->is_direct ? 1 : 8);
	if (!place->is_direct)
		store_bytes(p, at, place, memory, ir_const(r, 32, bytes));
}

void packet_copy_out(struct packet_program *p, LLVMValueRef at, const struct packet_place *place,
	LLVMValueRef to, LLVMValueRef size)
{
	if (!place->is_direct) {
		load_bytes(p, at, place, to, size);
		return;
	}
	ir_build_before(p->r, at);
	LLVMBuildMemCpy(p->r->builder, to, 1, memory_at(p->r, place), 1, size);
}

void packet_copy_in(struct packet_program *p, LLVMValueRef at, const struct packet_place *place,
	LLVMValueRef from, LLVMValueRef size)
{
	if (!place->is_direct) {
		store_bytes(p, at, place, from, size);
		return;
	}
	ir_build_before(p->r, at);
	LLVMBuildMemCpy(p->r->builder, memory_at(p->r, place), 1, from, 1, size);
}
