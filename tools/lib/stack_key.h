/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks that programs count by, in stacks.bpf.h. For BPF texts and for C. */
#ifndef TOOLS_LIB_STACK_KEY_H
#define TOOLS_LIB_STACK_KEY_H

#include <stdint.h>

#include "stack_frames.h"

/* A program that a process runs: another one may have had the same ID before, and it may have run another
 * program. */
struct stack_owner {
	uint64_t start; /* when the process began: task->group_leader->start_time */
	uint32_t pid;
	uint32_t exec; /* how many programs it has run before, more or less: task->self_exec_id */
};

/* Where a thread is. A stack is the number under which it is found in the table `stacks`; 0: there is none,
 * as kernel threads have no user stack; a negative errno: it could not be taken. */
struct stack_key {
	struct stack_owner owner; /* all zero, if nobody asks for it */
	int64_t user, kernel;
	uint32_t pid, tid;
	char comm[16];
};

/* A stack. Its number is a hash of the frames; the check is another one, so that two stacks are told apart
 * that happen to have the same number. */
struct stack_record {
	uint64_t check;
	uint64_t count;
	uint64_t frames[STACK_FRAMES]; /* the innermost first */
};

/* The number of a stack, whose check it sets: neither 0 nor an error. */
static inline int64_t stack_hash(struct stack_record *record)
{
	uint64_t hash = record->count, check = ~hash;

	for (uint32_t i = 0; i < STACK_FRAMES; i++) {
		if (i >= record->count)
			break;
		hash = (hash ^ record->frames[i]) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
		check = (check + record->frames[i]) * 0xd6e8feb86659fd93;
		check ^= check >> 32;
	}
	if (hash + 4095 <= 4095)
		hash ^= 1ULL << 62;
	record->check = check;
	return (int64_t)hash;
}

/* Why stacks are missing. */
enum stack_miss {
	STACK_MISS_FULL,       /* -ENOMEM: the table is full */
	STACK_MISS_COLLISION,  /* -EEXIST: another stack has the same number */
	STACK_MISS_UNREADABLE, /* -EFAULT: the kernel could not walk it */
	STACK_MISS_BUSY,   /* -EBUSY: programs interrupted one another more often than there is room for */
	STACK_MISS_UNSENT, /* -ENOSPC: with --dwarf, the tool did not read fast enough */
	STACK_MISSES,
};

#endif
