/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function that is made to fail if it is called through others. What follows this text is made of the
 * user's words: programs at the entry and at the return of each of these, and two at the function itself, of
 * which one is used.
 *
 *   CHAIN_LENGTH  how many these are
 */
#include "inject.h"

#include "begun.bpf.h"
#include "event.bpf.h"
#include "expr.bpf.h"
#include "filter.bpf.h"

const volatile u64 threshold; /* of 2^32: the probability */
const volatile u64 most;      /* failures */
u64 injected;

/* Calls of a thread, from the outermost function of the chain inwards. */
struct chain {
	u32 depth;	       /* calls of any function of the chain that have not returned */
	u32 met;	       /* places of the chain that have been reached */
	u32 at[INJECT_FRAMES]; /* the depth of the call of each */
};

BEGUN_TABLE(u32, struct chain, chains, 16384);

static inline bool is_spared(void)
{
	return bpf_get_prandom_u32() >= threshold;
}

/* A call of a function of the chain; only the outermost one begins it. */
static __noinline struct chain *chain_enter(bool outermost)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct chain none = {}, *chain = chains.lookup(&tid);

	if (!chain) {
		if (!outermost || current_is_unwanted() || is_spared())
			return 0;
		begun_put(chains, &tid, &none);
		chain = chains.lookup(&tid);
	}
	if (chain)
		chain->depth++;
	return chain;
}

static inline void chain_reach(struct chain *chain, u32 place)
{
	chain->at[place] = chain->depth;
	chain->met = place + 1;
}

static __noinline int chain_leave(bool outermost)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct chain *chain = chains.lookup(&tid);

	if (!chain)
		return 0;
	if (chain->met && chain->at[(chain->met - 1) % INJECT_FRAMES] == chain->depth)
		chain->met--;
	chain->depth--;
	if (outermost && !chain->depth)
		begun_take(chains, &tid);
	return 0;
}

/* Those that never return. */
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u32 tid = bpf_get_current_pid_tgid();

	begun_take(chains, &tid);
	return 0;
}

/* Whether the function is called through the chain. */
static inline bool is_reached(void)
{
#if CHAIN_LENGTH
	u32 tid = bpf_get_current_pid_tgid();
	struct chain *chain = chains.lookup(&tid);

	return chain && chain->met == CHAIN_LENGTH;
#else
	return !current_is_unwanted() && !is_spared();
#endif
}

/* Reports the failure, unless there have been enough. */
static inline bool is_injected(void *ctx)
{
	struct event event = {};

	if (injected >= most || __sync_fetch_and_add(&injected, 1) >= most)
		return false;
	event_task(&event.task);
	event_send(ctx, &event, sizeof(event));
	return true;
}
