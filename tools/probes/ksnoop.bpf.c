/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of functions with their arguments and results: trace's programs, of which those for a call's begin
 * and for its end have numbers of their own. With --stack, a function counts only where the one before it on
 * the command line has called it.
 */
#include "ksnoop.h"
#include "trace.bpf.c"

/* By the program's number. */
const volatile struct chain_place chain[CHAIN_MOST];

BPF_HASH(chain_depths, u32, u32, 65536); /* by thread: how many of the functions have called one another */

static inline bool chain_enter(u32 number)
{
	u32 tid = bpf_get_current_pid_tgid(), *known = chain_depths.lookup(&tid), depth;

	if (chain[number].depth > 1 && (!known || *known != chain[number].depth - 1))
		return false;
	depth = chain[number].depth;
	if (chain_depths.update(&tid, &depth))
		event_missed();
	return true;
}

static inline bool chain_leave(u32 number)
{
	u32 tid = bpf_get_current_pid_tgid(), *known = chain_depths.lookup(&tid);

	if (!known || *known != chain[number].depth)
		return false;
	if (--*known == 0)
		chain_depths.delete(&tid);
	return true;
}

#undef EXPR_WANTED
#define EXPR_WANTED(number)                                                                                  \
	(!current_is_unwanted() && (!chain[number].depth || (chain[number].is_end ? chain_leave(number)      \
										  : chain_enter(number))))

/* A program for a call's end that begins with what was known when the call began. */
#undef EXPR_LEAVE
#define EXPR_LEAVE(ctx, number, kernel, call)                                                                \
	(asked_leave(ctx, number, kernel, call) && (!chain[number].depth || chain_leave(number)))
