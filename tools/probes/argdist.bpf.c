/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts of values at probes. The programs are made of what the user asks, and follow this text, each after
 *
 *	counts_NUMBER		what has been counted, by values or by slots of a histogram
 *	ARGDIST_NUMBER(values)	counts
 */
#include "asked.bpf.h"
#include "count.bpf.h"

#define ON_STACK 96 /* larger values are put together elsewhere */

struct argdist_room {
	u64 words[64];
};
BPF_PERCPU_ARRAY(argdist_rooms, struct argdist_room, 1);

/* A read that fails yields zeros, however many. */
static inline void *argdist_room(u32 size)
{
	u32 zero = 0;
	void *room = argdist_rooms.lookup(&zero);

	if (room)
		bpf_probe_read_kernel(room, size, 0);
	return room;
}

#define EXPR_VALUES(number, type)                                                                            \
	((type *)__builtin_choose_expr(sizeof(type) <= ON_STACK, &(type){}, argdist_room(sizeof(type))))
#define EXPR_SEND(ctx, number, values) ARGDIST_##number(values)

/* bpf_log2l() of a value, as BCC's tool has it: a negative one is very large. */
#define ARGDIST_HIST(table, values)                                                                          \
	do {                                                                                                 \
		u64 slot = bpf_log2l((values)->v0);                                                          \
		count_add(table, &slot, 1);                                                                  \
	} while (0)
#define ARGDIST_COUNT(table, type, values) count_add(table, (type *)(values), 1)
