/* SPDX-License-Identifier: Apache-2.0 */
/* What memory a pointer may point to, as far as the verifier and fault-safe reads are concerned. */
#ifndef REWRITER_READS_PROVENANCE_H
#define REWRITER_READS_PROVENANCE_H

#include "rewriter/ir.h"

/* A pointer that comes from several places has several bits. */
enum ir_origin {
	FROM_OWN = 1 << 0,     /* stack, globals, map values, ring buffer records: readable either way */
	FROM_CONTEXT = 1 << 1, /* a context in ordinary kernel memory: pt_regs, tracepoint arguments */
	/* a context that the verifier translates: its pointers are packets and sockets */
	FROM_NET_CONTEXT = 1 << 2,
	FROM_ITER_CONTEXT = 1 << 3,
	FROM_TRACKED = 1 << 4, /* packets, sockets, kfunc results: readable only as the verifier knows them */
	FROM_KERNEL = 1 << 5,  /* any other address: only readable by a fault-safe read */
	FROM_INTEGER = 1 << 6, /* a number that nothing shows to be a pointer */
	FROM_UNSURE = 1 << 7,  /* beside FROM_KERNEL: may be the program's own memory all the same */
	FROM_USER = 1 << 8,    /* user memory: marked as such in the text */
	FROM_TYPED = 1 << 9,   /* beside FROM_KERNEL: the verifier may know the type */
};

struct provenance {
	struct rewriter *r;
	struct ir_map known; /* pointer → bits */
	struct ir_map loads; /* 1: its content is being visited */
	unsigned depth;	     /* how many of them are 1 */
	bool cut;	     /* an answer left out what such a load yields, so it is only partial */
};

/* Never 0: a pointer without origin (NULL, undefined) is FROM_KERNEL. */
unsigned ir_provenance(struct provenance *p, LLVMValueRef pointer);
void ir_provenance_free(struct provenance *p);

/* Whether the instruction calls __bcc_user_pointer(). */
bool ir_marks_user_pointer(LLVMValueRef instruction);

/* The verifier requires constant offsets into a context; this one is computed at run time. */
bool ir_has_variable_offset(LLVMValueRef pointer);

#endif
