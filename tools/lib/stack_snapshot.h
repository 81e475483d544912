/* SPDX-License-Identifier: Apache-2.0 */
/* With --dwarf: what stacks.bpf.h sends instead of the frames of a program. For BPF texts and for C. */
#ifndef TOOLS_LIB_STACK_SNAPSHOT_H
#define TOOLS_LIB_STACK_SNAPSHOT_H

#include "stack_key.h"

enum {
	SNAPSHOT_PAGE = 4096, /* what is copied at once; the kernel's pages are as large or larger */
	SNAPSHOT_REGISTERS = 34,
};

/* The registers of a thread in its program, and its stack. */
struct stack_snapshot {
	struct stack_key key;
	uint64_t weight;			/* 0: a struct stack_snapshot_end follows */
	uint64_t stack;				/* the address of the bytes; it begins a page */
	uint64_t pages;				/* that could be copied */
	uint64_t registers[SNAPSHOT_REGISTERS]; /* in the order of struct pt_regs; what is behind it is 0 */
#ifdef STACKS_DWARF
	uint8_t bytes[STACKS_DWARF][SNAPSHOT_PAGE];
#else
	uint8_t bytes[];
#endif
};

/* The weight of the last snapshot of a thread is known. */
struct stack_snapshot_end {
	uint64_t tid;
	uint64_t weight; /* 0: it does not count */
};

#endif
