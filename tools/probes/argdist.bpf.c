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

/* Where one thread puts the values of one probe together: programs at user functions can be interrupted by
 * others on the same CPU. */
struct argdist_room {
	u64 words[64];
};
BPF_HASH(argdist_rooms, u64, struct argdist_room, 1024);
const volatile struct argdist_room argdist_zeros;

static inline u64 argdist_room_key(u32 number)
{
	return (u64)call_thread() << 32 | number;
}

static __noinline void *argdist_room(u32 number)
{
	u64 key = argdist_room_key(number);

	if (argdist_rooms.update(&key, (struct argdist_room *)&argdist_zeros))
		event_missed();
	return argdist_rooms.lookup(&key);
}

static inline void argdist_leave_room(u32 number)
{
	u64 key = argdist_room_key(number);

	argdist_rooms.delete(&key);
}

#define EXPR_VALUES(number, type)                                                                            \
	((type *)__builtin_choose_expr(sizeof(type) <= ON_STACK, &(type){}, argdist_room(number)))
#define EXPR_SEND(ctx, number, values)                                                                       \
	do {                                                                                                 \
		ARGDIST_##number(values);                                                                    \
		if (sizeof(*(values)) > ON_STACK)                                                            \
			argdist_leave_room(number);                                                          \
	} while (0)

/* bpf_log2l() of a value, as BCC's tool has it: a negative one is very large. */
#define ARGDIST_HIST(table, values)                                                                          \
	do {                                                                                                 \
		u64 slot = bpf_log2l((values)->v0);                                                          \
		count_add(table, &slot, 1);                                                                  \
	} while (0)
#define ARGDIST_COUNT(table, type, values) count_add(table, (type *)(values), 1)
