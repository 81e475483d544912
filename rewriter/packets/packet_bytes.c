/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and writes bytes of a packet with helpers that all program types for packets have. The instructions
 * behind load_byte() are rejected in half of those types, and call into the kernel as well.
 *
 *   before:  a load of two bytes at %offset of the packet
 *   after:   %r = call i64 @bpf_skb_load_bytes(ptr %skb, i64 %offset, ptr %buffer, i32 2)
 *            br (%r ≠ 0), label %outside, label %inside       ; outside: ret i32 0
 *
 * XDP programs read what is in the packet's first buffer, and at a constant offset, from memory, which takes
 * a third of the time. The helper is for what is behind it, in packets of several buffers.
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

/* Offsets of headers. The verifier knows pointers into packets only up to 65535 bytes. */
#define FIRST_BUFFER_MAX 4096

/* A pointer of struct xdp_md, which has them as 32 bits: data is member 0, data_end is member 1. */
static LLVMValueRef packet_bound(struct packet_program *p, unsigned member)
{
	struct rewriter *r = p->r;
	LLVMValueRef offset = ir_const(r, 64, member * 4ULL);
	LLVMValueRef address = LLVMBuildGEP2(r->builder, ir_int(r, 8), p->context, &offset, 1, "");
	LLVMValueRef number = LLVMBuildLoad2(r->builder, ir_int(r, 32), address, "");

	LLVMSetAlignment(number, 4);
	number = LLVMBuildZExt(r->builder, number, ir_int(r, 64), "");
	return LLVMBuildIntToPtr(r->builder, number, ir_pointer(r), "");
}

/* Adds the distance of `address` from the start of the packet, if that is constant: of a member of a header
 * that begins where a cursor has advanced to. */
static bool constant_offset(struct rewriter *r, LLVMValueRef address, unsigned long long *offset)
{
	long long step;

	while (!LLVMIsConstant(address)) {
		if (packet_is_any_mark(r, address)) {
			*offset += packet_bytes_to_unit(r, address);
		} else if (LLVMIsAGetElementPtrInst(address)) {
			if (!ir_constant_step(r, address, &step))
				return false;
			*offset += (unsigned long long)step;
		} else if (LLVMIsAInstruction(address) && LLVMGetInstructionOpcode(address) == LLVMAdd &&
			   LLVMIsAConstantInt(LLVMGetOperand(address, 1))) {
			*offset += LLVMConstIntGetZExtValue(LLVMGetOperand(address, 1));
		} else if (!LLVMIsAIntToPtrInst(address) && !LLVMIsAPtrToIntInst(address)) {
			return false;
		}
		address = LLVMGetOperand(address, 0);
	}
	if (LLVMGetTypeKind(LLVMTypeOf(address)) == LLVMPointerTypeKind)
		address = LLVMConstPtrToInt(address, ir_int(r, 64));
	if (!LLVMIsAConstantInt(address))
		return false;
	*offset += LLVMConstIntGetZExtValue(address);
	return true;
}

/* Whether `place` is where packets usually have their headers. */
static bool in_first_buffer(const struct packet_program *p, const struct packet_place *place, unsigned bytes,
	unsigned long long *offset)
{
	*offset = place->offset;
	return p->is_xdp && constant_offset(p->r, place->address, offset) &&
	       *offset <= FIRST_BUFFER_MAX - bytes;
}

/* By the helper, before `at`. */
static LLVMValueRef load_number_by_helper(
	struct packet_program *p, LLVMValueRef at, const struct packet_place *place, unsigned bytes)
{
	LLVMValueRef memory = buffer_of(p, bytes), number;

	load_bytes(p, at, place, memory, ir_const(p->r, 32, bytes));
	number = LLVMBuildLoad2(p->r->builder, ir_int(p->r, bytes * 8), memory, "");
	LLVMSetAlignment(number, 8);
	return number;
}

static LLVMValueRef load_number_of_xdp(struct packet_program *p, LLVMValueRef at,
	const struct packet_place *place, unsigned bytes, unsigned long long offset)
{
	struct rewriter *r = p->r;
	LLVMTypeRef type = ir_int(r, bytes * 8);
	LLVMBasicBlockRef rest = LLVMGetInstructionParent(at), blocks[2];
	LLVMValueRef begin, from, to, leave, numbers[2], number;

	ir_cut_before(r, at);
	begin = packet_bound(p, 0);
	from = ir_const(r, 64, offset);
	to = ir_const(r, 64, offset + bytes);
	to = LLVMBuildGEP2(r->builder, ir_int(r, 8), begin, &to, 1, "");
	to = LLVMBuildICmp(r->builder, LLVMIntULE, to, packet_bound(p, 1), "");
	blocks[0] = LLVMInsertBasicBlockInContext(r->context, rest, "first_buffer");
	blocks[1] = LLVMInsertBasicBlockInContext(r->context, rest, "behind");
	LLVMBuildCondBr(r->builder, to, blocks[0], blocks[1]);

	LLVMPositionBuilderAtEnd(r->builder, blocks[0]);
	from = LLVMBuildGEP2(r->builder, ir_int(r, 8), begin, &from, 1, "");
	numbers[0] = LLVMBuildLoad2(r->builder, type, from, "");
	LLVMSetAlignment(numbers[0], 1);
	LLVMBuildBr(r->builder, rest);

	LLVMPositionBuilderAtEnd(r->builder, blocks[1]);
	leave = LLVMBuildBr(r->builder, rest);
	numbers[1] = load_number_by_helper(p, leave, place, bytes);
	blocks[1] = LLVMGetInstructionParent(leave);

	ir_build_before(r, at);
	number = LLVMBuildPhi(r->builder, type, "");
	LLVMAddIncoming(number, numbers, blocks, 2);
	return number;
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
	unsigned long long offset;
	LLVMValueRef value;

	if (place->is_direct) {
		ir_build_before(r, at);
		value = LLVMBuildLoad2(r->builder, ir_int(r, bytes * 8), memory_at(r, place), "");
		LLVMSetAlignment(value, 1);
	} else if (in_first_buffer(p, place, bytes, &offset)) {
		value = load_number_of_xdp(p, at, place, bytes, offset);
	} else {
		value = load_number_by_helper(p, at, place, bytes);
	}
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
