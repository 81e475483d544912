/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When calls of the traced functions began, for each thread: a stack, as functions call themselves and each
 * other.
 *
 * A return is missed when a function is left by longjmp() or when the kernel has no more room for calls in
 * flight. So that such a call is neither taken for another nor stays forever, each has the stack pointer with
 * which it began: frames that lie below a later one of the same stack are gone.
 *
 *   CALL_DATA  members that the text adds to a call
 *   CALL_KEPT  a type that the table call_kept has for each call, if call_keeps; what is in it when the call
 *              is over, the text deletes
 */
#include "loop.bpf.h"
#include "missed.bpf.h"

#define KERNEL_STACK_BITS 14	 /* its size, and where it begins */
#define USER_STACK_MOST 0x800000 /* what is further apart are different stacks */
#define FRAME_SLACK 16		 /* kernels and architectures differ in what is popped already */
#define CALLS_STALE 32		 /* so many are thrown away at a time */
#define CALLS_OF_THREAD 256	 /* that are still there when it ends */
#define IDLE_THREAD 0x80000000	 /* each CPU has one, all with the number 0 */

#ifndef CALL_DATA
#define CALL_DATA
#endif

struct call {
	u64 place, begin, frame;
	CALL_DATA
};

struct call_key {
	u32 thread, level;
};

BPF_HASH(calls, struct call_key, struct call, 65536);
BPF_HASH(call_levels, u32, u32, 65536); /* how many calls a thread is in */

#ifdef CALL_KEPT
const volatile bool call_keeps;
/* they are large: not allocated before there are calls */
BPF_F_TABLE("hash", struct call_key, CALL_KEPT, call_kept, 10240, BPF_F_NO_PREALLOC);
#endif

u64 returns_missed;

static inline void call_forget(struct call_key *key)
{
	calls.delete(key);
#ifdef CALL_KEPT
	if (call_keeps)
		call_kept.delete(key);
#endif
}

static inline u32 call_thread(void)
{
	u32 thread = bpf_get_current_pid_tgid();

	return thread ? thread : IDLE_THREAD | bpf_get_smp_processor_id();
}

/* Whether a frame is gone when the stack pointer has this value. */
static inline bool call_is_over(u64 frame, u64 now, bool kernel)
{
	if (frame >= now)
		return false;
	return kernel ? !((frame ^ now) >> KERNEL_STACK_BITS) : now - frame < USER_STACK_MOST;
}

static inline void call_set_level(u32 thread, u32 level)
{
	if (!level)
		call_levels.delete(&thread);
	else if (call_levels.update(&thread, &level))
		event_missed();
}

/* The calls of a thread, from the innermost one outwards. */
struct call_walk {
	u64 place, frame;
	bool place_known, kernel, found;
	u32 level;  /* how many there are */
	u32 beside; /* of other places, which began with the one that ends, and end after it */
	struct call_key key;
	struct call ended;
};

/* Throws the innermost call away, if its return was missed. Returns true when none is left to be. */
static long call_drop_step(u64 number, void *context)
{
	struct call_walk *walk = context;
	struct call *top;

	if (!walk->level)
		return true;
	walk->key.level = walk->level - 1;
	top = calls.lookup(&walk->key);
	/* a function that jumps to another one has the same frame, but is not the same */
	if (top && !call_is_over(top->frame, walk->frame, walk->kernel) &&
		(top->frame != walk->frame || top->place != walk->place))
		return true;
	call_forget(&walk->key);
	__sync_fetch_and_add(&returns_missed, 1);
	walk->level--;
	return false;
}

/* Throws away calls whose return was missed. Returns how many the thread is in. */
static inline u32 call_drop_stale(u32 thread, u64 place, u64 frame, bool kernel)
{
	u32 *known = call_levels.lookup(&thread);
	struct call_walk walk = {.place = place,
		.frame = frame,
		.kernel = kernel,
		.level = known ? *known : 0,
		.key = {.thread = thread}};

	if (walk.level)
		LOOP(CALLS_STALE, call_drop_step, &walk);
	return walk.level;
}

/* Begins a call, unless the thread is in `most` already; 0: any number. Returns whether it did, and where it
 * is kept. */
static inline bool call_begin(
	struct pt_regs *ctx, struct call *call, bool kernel, u32 most, struct call_key *key)
{
	bool begun = false;

	key->thread = call_thread();
	call->frame = PT_REGS_SP(ctx);
	key->level = call_drop_stale(key->thread, call->place, call->frame, kernel);
	if (!most || key->level < most) {
		if (calls.update(key, call))
			event_missed();
		else
			begun = true;
	}
	call_set_level(key->thread, key->level + begun);
	return begun;
}

/* Whether a call is the one that returns now. */
static inline bool call_returns(const struct call *call, u64 place, bool place_known, u64 frame)
{
	return (!place_known || call->place == place) &&
	       (!frame || frame - call->frame + FRAME_SLACK <= 2 * FRAME_SLACK);
}

/* Takes a call off the stack. What is above it, calls of other places in the same frame, takes its place. */
static inline void call_take(struct call_key *key, u32 level)
{
	struct call_key top = {.thread = key->thread, .level = level - 1};
	struct call *moved = key->level == top.level ? NULL : calls.lookup(&top);

	if (moved)
		calls.update(key, moved);
	calls.delete(&top);
}

/* Looks at one call. Returns true when the one that returns is found, or cannot be. */
static long call_end_step(u64 number, void *context)
{
	struct call_walk *walk = context;
	struct call *top;

	if (walk->level <= walk->beside)
		return true;
	walk->key.level = walk->level - 1 - walk->beside;
	top = calls.lookup(&walk->key);
	if (top && call_returns(top, walk->place, walk->place_known, walk->frame)) {
		walk->ended = *top;
		walk->found = true;
		call_take(&walk->key, walk->level);
		walk->level--;
		return true;
	}
	if (top && walk->place_known && walk->frame && call_returns(top, walk->place, false, walk->frame)) {
		walk->beside++;
		return false;
	}
	if (walk->beside || (top && !call_is_over(top->frame + FRAME_SLACK, walk->frame, walk->kernel)))
		return true;
	__sync_fetch_and_add(&returns_missed, 1);
	call_forget(&walk->key);
	walk->level--;
	return false;
}

/* Ends a call. Returns whether it is known when it began, and where it was kept. If calls keep something,
 * they have to be of different frames. */
static inline bool call_end(struct pt_regs *ctx, u64 place, bool place_known, bool kernel, struct call *ended,
	struct call_key *key)
{
	u32 thread = call_thread(), *known = call_levels.lookup(&thread);
	struct call_walk walk = {.place = place,
		.place_known = place_known,
		.frame = PT_REGS_SP(ctx),
		.kernel = kernel,
		.level = known ? *known : 0,
		.key = {.thread = thread}};

	if (!walk.level)
		return false;
	LOOP(CALLS_STALE, call_end_step, &walk);
	call_set_level(thread, walk.level);
	*ended = walk.ended;
	*key = walk.key;
	return walk.found;
}

static long call_forget_step(u64 number, void *context)
{
	struct call_key *key = context;

	if (!key->level)
		return true;
	key->level--;
	call_forget(key);
	return false;
}

/* What a thread that ends within calls leaves behind. */
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u32 thread = bpf_get_current_pid_tgid(), *known = call_levels.lookup(&thread);
	struct call_key key = {.thread = thread, .level = known ? *known : 0};

	if (key.level)
		LOOP(CALLS_OF_THREAD, call_forget_step, &key);
	call_levels.delete(&thread);
	return 0;
}
