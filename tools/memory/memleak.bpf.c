/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that has been allocated and not been freed, with the stack that has allocated it.
 *
 *   MEMLEAK_KERNEL   that of the kernel: its tables cannot allocate while it does
 *   MEMLEAK_PERCPU   that of the kernel for each CPU
 *
 * Functions that allocate may call one another: malloc() calls mmap(). Only the outermost call is recorded,
 * which is told by the stack pointer: a call inside of another one is further down. A call that was left by
 * longjmp() is forgotten when one further up begins.
 */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "memleak.h"
#include "stacks.bpf.h"

#include <linux/version.h>

const volatile u64 min_size, max_size = ~0ULL;
const volatile u32 sample_rate = 1;
const volatile bool trace_all;

#ifdef MEMLEAK_KERNEL
BPF_HASH(allocations, struct allocation_key, struct allocation, 1000000);
#else
BPF_F_TABLE("hash", struct allocation_key, struct allocation, allocations, 1000000, BPF_F_NO_PREALLOC);
#endif

static inline void trace(void *ctx, u64 address, u64 size, bool is_free)
{
	struct event event = {.address = address, .size = size, .is_free = is_free};

	event_task(&event.task);
	event_send(ctx, &event, sizeof(event));
}

static inline bool is_wanted_size(u64 size)
{
	if (size < min_size || size > max_size)
		return false;
	return sample_rate <= 1 || bpf_get_prandom_u32() % sample_rate == 0;
}

static inline void allocated(void *ctx, const struct allocation_key *key, u64 size)
{
	struct allocation allocation = {.size = size, .time = bpf_ktime_get_ns()};
	struct stack_key stack = {};

	stacks_of_current(ctx, &stack);
	allocation.stack = stacks_no_user ? stack.kernel : stack.user;
	allocation.owner = stack.owner;
	if (allocations.update((struct allocation_key *)key, &allocation))
		event_missed();
	if (trace_all)
		trace(ctx, key->address, size, false);
}

static inline void freed(void *ctx, const struct allocation_key *key)
{
	struct allocation *a = allocations.lookup((struct allocation_key *)key);

	if (!a)
		return;
	if (trace_all)
		trace(ctx, key->address, a->size, true);
	allocations.delete((struct allocation_key *)key);
}

#if defined(MEMLEAK_PERCPU)
/* ---- of the kernel, for each CPU ---- */

/* First, as programs are attached in this order: what is seen to be allocated is then seen to be freed. */
TRACEPOINT_PROBE(percpu, percpu_free_percpu)
{
	struct allocation_key key = {.address = (u64)args->ptr};

	freed(args, &key);
	return 0;
}

TRACEPOINT_PROBE(percpu, percpu_alloc_percpu)
{
	struct allocation_key key = {.address = (u64)args->ptr};

	if (args->ptr && is_wanted_size(args->size) && !current_is_unwanted())
		allocated(args, &key, args->size);
	return 0;
}

#elif defined(MEMLEAK_KERNEL)
/* ---- of the kernel ---- */

static inline int allocated_object(void *ctx, u64 address, u64 size)
{
	struct allocation_key key = {.address = address};

	if (address && is_wanted_size(size) && !current_is_unwanted())
		allocated(ctx, &key, size);
	return 0;
}

static inline int freed_object(void *ctx, u64 address)
{
	struct allocation_key key = {.address = address};

	freed(ctx, &key);
	return 0;
}

/* First, as programs are attached in this order: what is seen to be allocated is then seen to be freed. */
TRACEPOINT_PROBE(kmem, kfree)
{
	return freed_object(args, (u64)args->ptr);
}

TRACEPOINT_PROBE(kmem, kmem_cache_free)
{
	return freed_object(args, (u64)args->ptr);
}

TRACEPOINT_PROBE(kmem, mm_page_free)
{
	return freed_object(args, args->pfn);
}

TRACEPOINT_PROBE(kmem, kmalloc)
{
	return allocated_object(args, (u64)args->ptr, args->bytes_alloc);
}

TRACEPOINT_PROBE(kmem, kmem_cache_alloc)
{
	return allocated_object(args, (u64)args->ptr, args->bytes_alloc);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
TRACEPOINT_PROBE(kmem, kmalloc_node)
{
	return allocated_object(args, (u64)args->ptr, args->bytes_alloc);
}

TRACEPOINT_PROBE(kmem, kmem_cache_alloc_node)
{
	return allocated_object(args, (u64)args->ptr, args->bytes_alloc);
}
#endif

TRACEPOINT_PROBE(kmem, mm_page_alloc)
{
	/* there were none */
	if (args->pfn == ~0UL)
		return 0;
	return allocated_object(args, args->pfn, MEMLEAK_PAGE << args->order);
}

#else
/* ---- of programs ---- */

/* What a thread is calling. */
struct call {
	u64 sp; /* on entry */
	u64 size;
	bool recorded;
	bool frees; /* realloc() to no bytes */
	u64 result; /* where posix_memalign() puts the address; 0: it is returned */
	/* of realloc(), which leaves this as it is if it fails */
	struct allocation_key old_key;
	struct allocation old;
};
BPF_HASH(calls, u64, struct call, 65536);

static inline struct allocation_key user_key(u64 address)
{
	struct allocation_key key = {.address = address, .pid = bpf_get_current_pid_tgid() >> 32};

	return key;
}

/* Whether this is a call inside of another one. */
static inline bool is_nested(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	return call && PT_REGS_SP(ctx) < call->sp;
}

static inline int enter(struct pt_regs *ctx, struct call *call, u64 size)
{
	u64 id = bpf_get_current_pid_tgid();

	call->sp = PT_REGS_SP(ctx);
	call->size = size;
	call->recorded = is_wanted_size(size);
	if (!call->recorded && !call->old_key.address)
		return 0;
	if (calls.update(&id, call))
		event_missed();
	return 0;
}

static inline int enter_plain(struct pt_regs *ctx, u64 size)
{
	struct call call = {};

	if (current_is_unwanted() || is_nested(ctx))
		return 0;
	return enter(ctx, &call, size);
}

/* (size_t size) */
int enter_malloc(struct pt_regs *ctx)
{
	return enter_plain(ctx, PT_REGS_PARM1(ctx));
}

/* (size_t count, size_t size) */
int enter_calloc(struct pt_regs *ctx)
{
	return enter_plain(ctx, PT_REGS_PARM1(ctx) * PT_REGS_PARM2(ctx));
}

/* (size_t alignment, size_t size), (void *address, size_t size, …) */
int enter_second(struct pt_regs *ctx)
{
	return enter_plain(ctx, PT_REGS_PARM2(ctx));
}

/* (void **result, size_t alignment, size_t size) */
int enter_posix_memalign(struct pt_regs *ctx)
{
	struct call call = {.result = PT_REGS_PARM1(ctx)};

	if (current_is_unwanted() || is_nested(ctx))
		return 0;
	return enter(ctx, &call, PT_REGS_PARM3(ctx));
}

/* The old address may be given to another thread before this one returns. */
static inline int enter_move(struct pt_regs *ctx, u64 size)
{
	struct call call = {.frees = !size};
	struct allocation *old;

	if (current_is_unwanted() || is_nested(ctx))
		return 0;
	call.old_key = user_key(PT_REGS_PARM1(ctx));
	old = allocations.lookup(&call.old_key);
	if (old) {
		call.old = *old;
		freed(ctx, &call.old_key);
	} else {
		call.old_key.address = 0;
	}
	return enter(ctx, &call, size);
}

/* (void *old, size_t size) */
int enter_realloc(struct pt_regs *ctx)
{
	return enter_move(ctx, PT_REGS_PARM2(ctx));
}

/* (void *old, size_t old_size, size_t size, …) */
int enter_mremap(struct pt_regs *ctx)
{
	return enter_move(ctx, PT_REGS_PARM3(ctx));
}

int leave(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid(), address = PT_REGS_RC(ctx);
	struct call *found = calls.lookup(&id), call;
	struct allocation_key key;

	if (!found || PT_REGS_SP(ctx) < found->sp)
		return 0;
	call = *found;
	calls.delete(&id);
	if (call.result && (address || bpf_probe_read_user(&address, sizeof(address), (void *)call.result)))
		return 0;
	/* MAP_FAILED */
	if (!address || address == ~0ULL) {
		if (call.old_key.address && !call.frees && allocations.update(&call.old_key, &call.old))
			event_missed();
		return 0;
	}
	key = user_key(address);
	if (call.recorded)
		allocated(ctx, &key, call.size);
	return 0;
}

/* (void *address, …) */
int enter_free(struct pt_regs *ctx)
{
	struct allocation_key key = user_key(PT_REGS_PARM1(ctx));

	freed(ctx, &key);
	return 0;
}
#endif
