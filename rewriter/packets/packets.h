/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the packet pass share: marks of header fields, the program's pointers, and bytes of a
 * packet. */
#ifndef REWRITER_PACKETS_PACKETS_H
#define REWRITER_PACKETS_PACKETS_H

#include "rewriter/ir.h"

/* ---- packet_marks.c ---- */

/* A field in the storage unit that an instruction accesses, both counted in bits from the unit's start. */
struct packet_field {
	unsigned bit;
	unsigned width;
	unsigned unit;
};

/* The mark of the header field that `pointer` points to or into; NULL if there is none. */
LLVMValueRef packet_mark(struct rewriter *r, LLVMValueRef pointer);
/* The field that a load or store of `unit` bits through `pointer` accesses. */
struct packet_field packet_field_at(struct rewriter *r, LLVMValueRef pointer, unsigned unit);
/* Whether `value` marks a member of a struct or union, be it a packet header or not. */
bool packet_is_any_mark(struct rewriter *r, LLVMValueRef value);
/* Bytes from the start of the struct to what a mark points to: for a bit field, to its storage unit. */
unsigned long long packet_bytes_to_unit(struct rewriter *r, LLVMValueRef mark);
/* Replaces the mark by the plain address. */
void packet_remove_mark(struct rewriter *r, LLVMValueRef mark);

/* ---- packet_pointers.c ---- */

/* How a program addresses a header: by offset into the packet, or by address from one of the context's data
 * pointers. */
enum packet_pointer { PACKET_OFFSET = 1, PACKET_MEMORY = 2, PACKET_EITHER = 4 };
enum packet_pointer packet_pointer_kind(struct rewriter *r, LLVMValueRef pointer);

struct packet_context {
	LLVMValueRef value; /* an argument of the function; NULL: it does not get the context */
	const char *name;   /* of its struct, not NUL-terminated */
	unsigned length;
};
/* The context that a program is called with, or that all callers of a function pass on to it. */
struct packet_context packet_context(LLVMValueRef function);
/* Whether there is a context, of type struct `name`. */
bool packet_context_is(const struct packet_context *context, const char *name);

/* ---- packet_bytes.c ---- */

/* A program for packets, while its accesses are rewritten. */
struct packet_program {
	struct rewriter *r;
	LLVMValueRef function;
	LLVMValueRef context;
	bool is_xdp;		   /* the context is a struct xdp_md, otherwise a struct __sk_buff */
	LLVMValueRef buffers[2];   /* on the stack, of 8 and 16 bytes; NULL until needed */
	LLVMBasicBlockRef outside; /* ends the program; NULL until needed */
};

/* An access goes to `address` + `offset` bytes. */
struct packet_place {
	LLVMValueRef address; /* a pointer: an offset into the packet, or (direct) into its memory */
	unsigned offset;
	bool is_direct; /* from the context's data pointer, and the program has checked it against data_end */
};

/*
 * All of these build before instruction `at`, which moves to another block when the access has to be checked.
 * An access outside the packet ends the program with 0, as load_byte() does.
 */

/* `bytes` (1 to 16) of the packet, most significant first, as an integer of packet_number_bits(bytes). */
LLVMValueRef packet_load(
	struct packet_program *p, LLVMValueRef at, const struct packet_place *place, unsigned bytes);
void packet_store(struct packet_program *p, LLVMValueRef at, const struct packet_place *place, unsigned bytes,
	LLVMValueRef number);
unsigned packet_number_bits(unsigned bytes);

/* Copies `size` bytes unchanged between the packet and the program's memory. */
void packet_copy_out(struct packet_program *p, LLVMValueRef at, const struct packet_place *place,
	LLVMValueRef to, LLVMValueRef size);
void packet_copy_in(struct packet_program *p, LLVMValueRef at, const struct packet_place *place,
	LLVMValueRef from, LLVMValueRef size);

#endif
