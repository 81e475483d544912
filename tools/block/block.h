/* SPDX-License-Identifier: Apache-2.0 */
/* A request to a block device. For the BPF texts (block.bpf.h) and for C (block_tool.h). */
#ifndef TOOLS_BLOCK_H
#define TOOLS_BLOCK_H

#include "event.h"
#ifdef BLOCK_STACKS
#include "stack_key.h"
#endif

#define BLOCK_NO_SECTOR ((uint64_t)-1)
#define BLOCK_OPERATION 0xff /* of the flags: the kernel's enum req_op, of which these never changed */
#define BLOCK_READ 0
#define BLOCK_WRITE 1
#define BLOCK_FLUSH 2
#define BLOCK_DISCARD 3
#define BLOCK_SECURE_ERASE 5

/* The other flags: ours, since the kernel's have moved. */
enum {
	BLOCK_SYNC = 1 << 8,
	BLOCK_META = 1 << 9,
	BLOCK_FUA = 1 << 10,
	BLOCK_PRIO = 1 << 11,
	BLOCK_NOMERGE = 1 << 12,
	BLOCK_IDLE = 1 << 13,
	BLOCK_RAHEAD = 1 << 14,
	BLOCK_BACKGROUND = 1 << 15,
	BLOCK_NOWAIT = 1 << 16,
};

/* What is known of a request when it is submitted. */
#ifdef BLOCK_STACKS
#define BLOCK_SUBMITTER                                                                                      \
	struct event_task task; /* who submitted it, and when */                                             \
	struct stack_key stack; /* and where */
#else
#define BLOCK_SUBMITTER struct event_task task; /* who submitted it, and when */
#endif

struct block_submitter {
	BLOCK_SUBMITTER
};

struct block_request {
	BLOCK_SUBMITTER
	uint64_t issued; /* when the device got it; 0: never */
	uint64_t sector; /* of 512 bytes; BLOCK_NO_SECTOR: it concerns none */
	uint32_t bytes;
	uint32_t device; /* the disk's number; 0: it has none */
	uint32_t flags;
	uint32_t sequential; /* it begins where the one before on this disk ended */
};

#endif
