/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What biolatpcts.bpf.c counts for biolatpcts.c. Slots are fine: 64 between two powers of two, so that the
 * ends of one are at most 1.6 percent apart.
 */
#ifndef TOOLS_BIOLATPCTS_H
#define TOOLS_BIOLATPCTS_H

#include <stdint.h>

enum { KIND_READ, KIND_WRITE, KIND_DISCARD, KIND_FLUSH, KINDS };

/* Which times are measured, up to completion. */
enum { SINCE_ISSUE, SINCE_ALLOCATED, SINCE_ALLOCATION };

#define SLOT_BITS 6
#define SLOT_PARTS (1 << SLOT_BITS)
#define SLOTS ((64 - SLOT_BITS + 1) << SLOT_BITS)

struct slot {
	uint64_t kind;
	uint64_t slot;
};

struct entry {
	uint64_t kind;
	uint64_t unused;
};

/* The slot of a time whose highest bit is number `bit`. */
static inline uint64_t slot_of(uint64_t ns, unsigned bit)
{
	unsigned shift = bit - SLOT_BITS;

	if (ns < SLOT_PARTS)
		return ns;
	return ((uint64_t)(shift + 1) << SLOT_BITS) + ((ns >> shift) & (SLOT_PARTS - 1));
}

/* The longest time of a slot. */
static inline uint64_t slot_end(uint64_t slot)
{
	unsigned shift = slot >> SLOT_BITS;

	if (slot < SLOT_PARTS)
		return slot;
	shift--;
	return (((SLOT_PARTS | (slot & (SLOT_PARTS - 1))) + 1) << shift) - 1;
}

#endif
