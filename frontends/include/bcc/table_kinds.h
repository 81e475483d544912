/* The kinds of tables: the methods of each, and how a text declares tables of that kind. What a declaration
 * makes is in tables.h; the numbers of types (__BCC_TYPE_…) come from include/bcc/map_types.h.
 *
 * A method is written once, as a function of the table t with the map MAP, keys of type KEY and values of
 * type LEAF, in one or more rows for M:
 *
 *	#define __BCC_METHOD_name(M, t, MAP, KEY, LEAF)
 *		M(t, LINKAGE, RESULT, name, (PARAMETERS), BODY)
 *
 * It can call another method of the table as __bcc_##t##_other(). A kind lists its methods, one on each line;
 * __BCC_METHODS() in tables.h walks the list three times: for the functions, for the members that point to
 * them, and for the members' values. A text gets only the methods that it names (frontends/prelude.py). The
 * names are passed as arguments because pasting them together in each method takes the compiler longer. */
#pragma once

/* Without lines of their own: what the verifier says about a method is then at the line that calls it. */
#define __BCC_INLINE __attribute__((nodebug)) static __always_inline

#define __BCC_F_CURRENT_CPU 0xffffffffULL /* BPF_F_CURRENT_CPU */
#define __BCC_NOEXIST 1U		  /* BPF_NOEXIST */
#define __BCC_NO_PREALLOC (1U << 0)	  /* BPF_F_NO_PREALLOC */
#define __BCC_STACK_BUILD_ID (1U << 5)	  /* BPF_F_STACK_BUILD_ID */

/* ---- entries by key ---- */

#define __BCC_METHOD_lookup(M, t, MAP, KEY, LEAF)                                                            \
	M(t, __BCC_INLINE, LEAF *, lookup, (KEY *k),                                                         \
		{ return bpf_map_lookup_elem(&MAP, k); })
#define __BCC_METHOD_lookup_or_try_init(M, t, MAP, KEY, LEAF)                                                \
	M(t, __BCC_INLINE, LEAF *, lookup_or_try_init, (KEY *k, LEAF *v), {                                  \
		LEAF *p = bpf_map_lookup_elem(&MAP, k);                                                      \
		if (p)                                                                                       \
			return p;                                                                            \
		bpf_map_update_elem(&MAP, k, v, __BCC_NOEXIST);                                              \
		return bpf_map_lookup_elem(&MAP, k);                                                         \
	})
#define __BCC_METHOD_lookup_or_init(M, t, MAP, KEY, LEAF)                                                    \
	M(t, __BCC_INLINE, LEAF *, lookup_or_init, (KEY *k, LEAF *v), {                                      \
		LEAF *p = __bcc_##t##_lookup_or_try_init(k, v);                                              \
		if (!p)                                                                                      \
			__bcc_return_from_caller();                                                          \
		return p;                                                                                    \
	})
#define __BCC_METHOD_update(M, t, MAP, KEY, LEAF)                                                            \
	M(t, __BCC_INLINE, int, update, (KEY *k, LEAF *v),                                                   \
		{ return bpf_map_update_elem(&MAP, k, v, 0); })
#define __BCC_METHOD_insert(M, t, MAP, KEY, LEAF)                                                            \
	M(t, __BCC_INLINE, int, insert, (KEY *k, LEAF *v),                                                   \
		{ return bpf_map_update_elem(&MAP, k, v, __BCC_NOEXIST); })
#define __BCC_METHOD_delete(M, t, MAP, KEY, LEAF)                                                            \
	M(t, __BCC_INLINE, int, delete, (KEY *k),                                                            \
		{ return bpf_map_delete_elem(&MAP, k); })

/* The amount of increment() may be omitted: the rewriter turns such calls into calls of …_by. */
#define __BCC_METHOD_increment(M, t, MAP, KEY, LEAF)                                                         \
	M(t, __BCC_INLINE, void, increment_by, (KEY k, u64 n), {                                             \
		void *at = __BCC_KEY_AT(k, KEY);                                                             \
		LEAF *p = bpf_map_lookup_elem(&MAP, at);                                                     \
		if (p) {                                                                                     \
			__bcc_add(p, n, sizeof(*p));                                                         \
		} else {                                                                                     \
			LEAF fresh;                                                                          \
			__builtin_memset(&fresh, 0, sizeof(fresh));                                          \
			__bcc_add(&fresh, n, sizeof(fresh));                                                 \
			bpf_map_update_elem(&MAP, at, &fresh, __BCC_NOEXIST);                                \
		}                                                                                            \
	})                                                                                                   \
	M(t, extern, void, increment, (KEY k, ...), ;)
#define __BCC_METHOD_atomic_increment(M, t, MAP, KEY, LEAF)                                                  \
	M(t, __BCC_INLINE, void, atomic_increment_by, (KEY k, u64 n), {                                      \
		void *at = __BCC_KEY_AT(k, KEY);                                                             \
		LEAF *p = bpf_map_lookup_elem(&MAP, at);                                                     \
		if (!p) {                                                                                    \
			LEAF fresh;                                                                          \
			__builtin_memset(&fresh, 0, sizeof(fresh));                                          \
			bpf_map_update_elem(&MAP, at, &fresh, __BCC_NOEXIST);                                \
			p = bpf_map_lookup_elem(&MAP, at);                                                   \
		}                                                                                            \
		if (p)                                                                                       \
			__bcc_atomic_add(p, n, sizeof(*p));                                                  \
	})                                                                                                   \
	M(t, extern, void, atomic_increment, (KEY k, ...), ;)

/* A key passed by value. If its type is an array, it arrives as an address. */
#define __BCC_KEY_AT(k, type)                                                                                \
	__builtin_choose_expr(                                                                               \
		__builtin_types_compatible_p(__typeof__(k), type), (void *)&(k), *(void **)(void *)&(k))

/* Adds to an integer of `size` bytes. */
static __always_inline void __bcc_add(void *p, u64 n, u32 size)
{
	if (size == 8)
		*(u64 *)p += n;
	else if (size == 4)
		*(u32 *)p += n;
	else if (size == 2)
		*(u16 *)p += n;
	else if (size == 1)
		*(u8 *)p += n;
}

static __always_inline void __bcc_atomic_add(void *p, u64 n, u32 size)
{
	if (size == 8)
		(void)__sync_fetch_and_add((u64 *)p, n);
	else if (size == 4)
		(void)__sync_fetch_and_add((u32 *)p, n);
	else
		__bcc_add(p, n, size);
}

#define __BCC_KIND_ENTRY(...)                                                                                \
	__BCC_METHOD_lookup(__VA_ARGS__)                                                                     \
	__BCC_METHOD_lookup_or_try_init(__VA_ARGS__)                                                         \
	__BCC_METHOD_lookup_or_init(__VA_ARGS__)                                                             \
	__BCC_METHOD_update(__VA_ARGS__)                                                                     \
	__BCC_METHOD_insert(__VA_ARGS__)                                                                     \
	__BCC_METHOD_delete(__VA_ARGS__)                                                                     \
	__BCC_METHOD_increment(__VA_ARGS__)                                                                  \
	__BCC_METHOD_atomic_increment(__VA_ARGS__)

/* BPF_HASH(name [, key [, leaf [, size]]]) and its like */
#define __BCC_KEYED1(type, flags, name) __BCC_TABLE(ENTRY, type, u64, u64, name, 10240, flags)
#define __BCC_KEYED2(type, flags, name, key) __BCC_TABLE(ENTRY, type, key, u64, name, 10240, flags)
#define __BCC_KEYED3(type, flags, name, key, leaf) __BCC_TABLE(ENTRY, type, key, leaf, name, 10240, flags)
#define __BCC_KEYED4(type, flags, name, key, leaf, size)                                                     \
	__BCC_TABLE(ENTRY, type, key, leaf, name, size, flags)
#define __BCC_KEYED(...) __BCC_PICK5(__VA_ARGS__, , __BCC_KEYED4, __BCC_KEYED3, __BCC_KEYED2, __BCC_KEYED1)
#define BPF_HASH(...) __BCC_KEYED(__VA_ARGS__)(__BCC_TYPE_HASH, 0, __VA_ARGS__)
#define BPF_PERCPU_HASH(...) __BCC_KEYED(__VA_ARGS__)(__BCC_TYPE_PERCPU_HASH, 0, __VA_ARGS__)
#define BPF_LPM_TRIE(...) __BCC_KEYED(__VA_ARGS__)(__BCC_TYPE_LPM_TRIE, __BCC_NO_PREALLOC, __VA_ARGS__)

/* BPF_ARRAY(name [, leaf [, size]]) and its like */
#define __BCC_INDEXED1(type, name) __BCC_TABLE(ENTRY, type, int, u64, name, 10240, 0)
#define __BCC_INDEXED2(type, name, leaf) __BCC_TABLE(ENTRY, type, int, leaf, name, 10240, 0)
#define __BCC_INDEXED3(type, name, leaf, size) __BCC_TABLE(ENTRY, type, int, leaf, name, size, 0)
#define __BCC_INDEXED(...) __BCC_PICK5(__VA_ARGS__, , , __BCC_INDEXED3, __BCC_INDEXED2, __BCC_INDEXED1)
#define BPF_ARRAY(...) __BCC_INDEXED(__VA_ARGS__)(__BCC_TYPE_ARRAY, __VA_ARGS__)
#define BPF_PERCPU_ARRAY(...) __BCC_INDEXED(__VA_ARGS__)(__BCC_TYPE_PERCPU_ARRAY, __VA_ARGS__)

/* bpf_log2l() counts from 0 to 64. A key of another type is a slot and something more, of which there are
 * many values. */
#define __BCC_HISTOGRAM1(name) __BCC_TABLE(ENTRY, __BCC_TYPE_ARRAY, int, u64, name, 65, 0)
#define __BCC_HISTOGRAM2(name, key)                                                                          \
	__BCC_HISTOGRAM3(name, key, __builtin_types_compatible_p(__typeof__(key), int) ? 65 : 10240)
#define __BCC_HISTOGRAM3(name, key, size)                                                                    \
	__BCC_TABLE(ENTRY, __BCC_HISTOGRAM_TYPE(key), key, u64, name, size, 0)
#define BPF_HISTOGRAM(...)                                                                                   \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_HISTOGRAM3, __BCC_HISTOGRAM2, __BCC_HISTOGRAM1)(__VA_ARGS__)

/* These have the methods of every type that a word can select: see BPF_TABLE() in tables.h. */
#define BPF_ARRAY_OF_MAPS(name, inner, entries) BPF_TABLE("array_of_maps$" inner, int, int, name, entries)
#define __BCC_HASH_OF_MAPS2(name, inner) __BCC_HASH_OF_MAPS4(name, int, inner, 10240)
#define __BCC_HASH_OF_MAPS3(name, key, inner) __BCC_HASH_OF_MAPS4(name, key, inner, 10240)
#define __BCC_HASH_OF_MAPS4(name, key, inner, size) BPF_TABLE("hash_of_maps$" inner, key, int, name, size)
#define BPF_HASH_OF_MAPS(...)                                                                                \
	__BCC_PICK5(__VA_ARGS__, , __BCC_HASH_OF_MAPS4, __BCC_HASH_OF_MAPS3, __BCC_HASH_OF_MAPS2, )          \
	(__VA_ARGS__)

/* ---- buffers of perf events: one for each possible CPU, known when the table is created ---- */

#define __BCC_METHOD_perf_submit(M, t, MAP, KEY, LEAF)                                                       \
	M(t, __BCC_INLINE, int, perf_submit, (void *ctx, void *data, u32 size),                              \
		{ return bpf_perf_event_output(ctx, &MAP, __BCC_F_CURRENT_CPU, data, size); })
#define __BCC_METHOD_perf_submit_skb(M, t, MAP, KEY, LEAF)                                                   \
	M(t, __BCC_INLINE, int, perf_submit_skb, (void *ctx, u32 skb_size, void *data, u32 size), {          \
		return bpf_perf_event_output(                                                                \
			ctx, &MAP, __BCC_F_CURRENT_CPU | ((u64)skb_size << 32), data, size);                 \
	})

#define __BCC_KIND_PERF_OUTPUT(...)                                                                          \
	__BCC_METHOD_perf_submit(__VA_ARGS__)                                                                \
	__BCC_METHOD_perf_submit_skb(__VA_ARGS__)

#define BPF_PERF_OUTPUT(name) __BCC_TABLE(PERF_OUTPUT, __BCC_TYPE_PERF_EVENT_ARRAY, int, u32, name, 0, 0)

/* ---- counters ---- */

#define __BCC_METHOD_perf_read(M, t, MAP, KEY, LEAF)                                                         \
	M(t, __BCC_INLINE, u64, perf_read, (u64 index),                                                      \
		{ return bpf_perf_event_read(&MAP, index); })
#define __BCC_METHOD_perf_counter_value(M, t, MAP, KEY, LEAF)                                                \
	M(t, __BCC_INLINE, int, perf_counter_value, (u64 index, void *counter, u32 size),                    \
		{ return bpf_perf_event_read_value(&MAP, index, counter, size); })

#define __BCC_KIND_PERF_ARRAY(...)                                                                           \
	__BCC_METHOD_perf_read(__VA_ARGS__)                                                                  \
	__BCC_METHOD_perf_counter_value(__VA_ARGS__)

#define BPF_PERF_ARRAY(name, entries)                                                                        \
	__BCC_TABLE(PERF_ARRAY, __BCC_TYPE_PERF_EVENT_ARRAY, int, u32, name, entries, 0)

/* ---- ring buffers ---- */

#define __BCC_METHOD_ringbuf_output(M, t, MAP, KEY, LEAF)                                                    \
	M(t, __BCC_INLINE, int, ringbuf_output, (void *data, u64 size, u64 flags),                           \
		{ return bpf_ringbuf_output(&MAP, data, size, flags); })
#define __BCC_METHOD_ringbuf_reserve(M, t, MAP, KEY, LEAF)                                                   \
	M(t, __BCC_INLINE, void *, ringbuf_reserve, (u64 size),                                              \
		{ return bpf_ringbuf_reserve(&MAP, size, 0); })
#define __BCC_METHOD_ringbuf_submit(M, t, MAP, KEY, LEAF)                                                    \
	M(t, __BCC_INLINE, void, ringbuf_submit, (void *data, u64 flags),                                    \
		{ bpf_ringbuf_submit(data, flags); })
#define __BCC_METHOD_ringbuf_discard(M, t, MAP, KEY, LEAF)                                                   \
	M(t, __BCC_INLINE, void, ringbuf_discard, (void *data, u64 flags),                                   \
		{ bpf_ringbuf_discard(data, flags); })
#define __BCC_METHOD_ringbuf_query(M, t, MAP, KEY, LEAF)                                                     \
	M(t, __BCC_INLINE, u64, ringbuf_query, (u64 flags),                                                  \
		{ return bpf_ringbuf_query(&MAP, flags); })

#define __BCC_KIND_RING(...)                                                                                 \
	__BCC_METHOD_ringbuf_output(__VA_ARGS__)                                                             \
	__BCC_METHOD_ringbuf_reserve(__VA_ARGS__)                                                            \
	__BCC_METHOD_ringbuf_submit(__VA_ARGS__)                                                             \
	__BCC_METHOD_ringbuf_discard(__VA_ARGS__)                                                            \
	__BCC_METHOD_ringbuf_query(__VA_ARGS__)

#define BPF_RINGBUF_OUTPUT(name, pages)                                                                      \
	__BCC_BYTES_TABLE(RING, __BCC_TYPE_RINGBUF, name, (pages) * __BCC_PAGE_SIZE)

/* ---- ring buffers filled by user space (libbpf's user_ring_buffer); drain() calls back for a record ---- */

#define __BCC_METHOD_drain(M, t, MAP, KEY, LEAF)                                                             \
	M(t, __BCC_INLINE, long, drain, (void *each, void *context, u64 flags),                              \
		{ return bpf_user_ringbuf_drain(&MAP, each, context, flags); })

#define __BCC_KIND_USER_RING(...)                                                                            \
	__BCC_METHOD_drain(__VA_ARGS__)

#define BPF_USER_RINGBUF(name, pages)                                                                        \
	__BCC_BYTES_TABLE(USER_RING, __BCC_TYPE_USER_RINGBUF, name, (pages) * __BCC_PAGE_SIZE)

/* ---- call stacks ---- */

#define __BCC_METHOD_get_stackid(M, t, MAP, KEY, LEAF)                                                       \
	M(t, __BCC_INLINE, int, get_stackid, (void *ctx, u64 flags),                                         \
		{ return bpf_get_stackid(ctx, &MAP, flags); })

#define __BCC_KIND_STACKS(...)                                                                               \
	__BCC_METHOD_get_stackid(__VA_ARGS__)

struct bpf_stacktrace {
	u64 ip[BPF_MAX_STACK_DEPTH];
};
/* Same as struct bpf_stack_build_id of linux/bpf.h */
struct bpf_stacktrace_buildid {
	struct {
		s32 status;
		u8 build_id[20];
		union {
			u64 offset;
			u64 ip;
		};
	} trace[BPF_MAX_STACK_DEPTH];
};
#define BPF_STACK_TRACE(name, entries)                                                                       \
	__BCC_TABLE(STACKS, __BCC_TYPE_STACK_TRACE, int, struct bpf_stacktrace, name, entries, 0)
#define BPF_STACK_TRACE_BUILDID(name, entries)                                                               \
	__BCC_TABLE(STACKS, __BCC_TYPE_STACK_TRACE, int, struct bpf_stacktrace_buildid, name,                \
		entries, __BCC_STACK_BUILD_ID)

/* ---- programs ---- */

#define __BCC_METHOD_call(M, t, MAP, KEY, LEAF)                                                              \
	M(t, __BCC_INLINE, void, call, (void *ctx, int index), { bpf_tail_call(ctx, &MAP, index); })

#define __BCC_KIND_PROGRAMS(...)                                                                             \
	__BCC_METHOD_call(__VA_ARGS__)

#define BPF_PROG_ARRAY(name, entries) __BCC_TABLE(PROGRAMS, __BCC_TYPE_PROG_ARRAY, u32, u32, name, entries, 0)

/* ---- control groups ---- */

#define __BCC_METHOD_check_current_task(M, t, MAP, KEY, LEAF)                                                \
	M(t, __BCC_INLINE, int, check_current_task, (int index),                                             \
		{ return bpf_current_task_under_cgroup(&MAP, index); })

#define __BCC_KIND_CGROUPS(...)                                                                              \
	__BCC_METHOD_check_current_task(__VA_ARGS__)

#define BPF_CGROUP_ARRAY(name, entries)                                                                      \
	__BCC_TABLE(CGROUPS, __BCC_TYPE_CGROUP_ARRAY, int, u32, name, entries, 0)

/* ---- devices, CPUs, and AF_XDP sockets ---- */

#define __BCC_METHOD_redirect_map(M, t, MAP, KEY, LEAF)                                                      \
	M(t, __BCC_INLINE, int, redirect_map, (int index, int flags),                                        \
		{ return bpf_redirect_map(&MAP, index, flags); })

#define __BCC_KIND_REDIRECT(...)                                                                             \
	__BCC_METHOD_redirect_map(__VA_ARGS__)                                                               \
	__BCC_METHOD_lookup(__VA_ARGS__)

#define BPF_DEVMAP(name, entries) __BCC_TABLE(REDIRECT, __BCC_TYPE_DEVMAP, u32, int, name, entries, 0)
#define BPF_DEVMAP_HASH(name, entries)                                                                       \
	__BCC_TABLE(REDIRECT, __BCC_TYPE_DEVMAP_HASH, u32, int, name, entries, 0)
#define BPF_CPUMAP(name, entries) __BCC_TABLE(REDIRECT, __BCC_TYPE_CPUMAP, u32, u32, name, entries, 0)
#define __BCC_XSKMAP2(name, entries) __BCC_TABLE(REDIRECT, __BCC_TYPE_XSKMAP, int, int, name, entries, 0)
#define __BCC_XSKMAP3(name, entries, path) __BCC_XSKMAP2(name, entries) __BCC_WORD("xskmap:" path, name)
#define BPF_XSKMAP(...) __BCC_PICK5(__VA_ARGS__, , , __BCC_XSKMAP3, __BCC_XSKMAP2, )(__VA_ARGS__)

/* ---- queues and stacks ---- */

#define __BCC_METHOD_push(M, t, MAP, KEY, LEAF)                                                              \
	M(t, __BCC_INLINE, int, push, (LEAF *v, u64 flags),                                                  \
		{ return bpf_map_push_elem(&MAP, v, flags); })
#define __BCC_METHOD_pop(M, t, MAP, KEY, LEAF)                                                               \
	M(t, __BCC_INLINE, int, pop, (LEAF *v), { return bpf_map_pop_elem(&MAP, v); })
#define __BCC_METHOD_peek(M, t, MAP, KEY, LEAF)                                                              \
	M(t, __BCC_INLINE, int, peek, (LEAF *v), { return bpf_map_peek_elem(&MAP, v); })

#define __BCC_KIND_QUEUE(...)                                                                                \
	__BCC_METHOD_push(__VA_ARGS__)                                                                       \
	__BCC_METHOD_pop(__VA_ARGS__)                                                                        \
	__BCC_METHOD_peek(__VA_ARGS__)

/* "queue" or "stack" */
#define BPF_QUEUESTACK(type, name, leaf, entries, flags)                                                     \
	__BCC_WORD_TYPE(type, int, name)                                                                     \
	_Static_assert(__bcc_type_##name == 0 || __bcc_type_##name == __BCC_TYPE_QUEUE ||                    \
			       __bcc_type_##name == __BCC_TYPE_STACK ||                                      \
			       __bcc_type_##name == __BCC_TYPE_EXTERN,                                       \
		"neither \"queue\" nor \"stack\": \"" type "\"");                                            \
	__BCC_WORD(type, name)                                                                               \
	__BCC_KEYLESS_TABLE(QUEUE, __bcc_type_##name, leaf, name, entries, flags)
#define BPF_QUEUESTACK_PINNED(type, name, leaf, entries, flags, path)                                        \
	BPF_QUEUESTACK(type ":" path, name, leaf, entries, flags)
#define BPF_QUEUESTACK_PUBLIC(type, name, leaf, entries, flags)                                              \
	BPF_QUEUESTACK(type, name, leaf, entries, flags)                                                     \
	__BCC_SCOPE("public", name)
#define BPF_QUEUESTACK_SHARED(type, name, leaf, entries, flags)                                              \
	BPF_QUEUESTACK(type, name, leaf, entries, flags)                                                     \
	__BCC_SCOPE("shared", name)
#define __BCC_QUEUESTACK3(type, name, leaf, entries) BPF_QUEUESTACK(type, name, leaf, entries, 0)
#define __BCC_QUEUESTACK4(type, name, leaf, entries, flags) BPF_QUEUESTACK(type, name, leaf, entries, flags)
#define BPF_QUEUE(...)                                                                                       \
	__BCC_PICK5(__VA_ARGS__, , __BCC_QUEUESTACK4, __BCC_QUEUESTACK3, , )("queue", __VA_ARGS__)
#define BPF_STACK(...)                                                                                       \
	__BCC_PICK5(__VA_ARGS__, , __BCC_QUEUESTACK4, __BCC_QUEUESTACK3, , )("stack", __VA_ARGS__)

/* ---- Bloom filters: peek() returns 0 for what may have been pushed, -ENOENT for what has not ---- */

#define __BCC_KIND_BLOOM(...)                                                                                \
	__BCC_METHOD_push(__VA_ARGS__)                                                                       \
	__BCC_METHOD_peek(__VA_ARGS__)

#define BPF_BLOOM_FILTER(name, leaf, entries)                                                                \
	__BCC_KEYLESS_TABLE(BLOOM, __BCC_TYPE_BLOOM_FILTER, leaf, name, entries, 0)

/* ---- sockets by index or by key ---- */

#define __BCC_METHOD_update_socket(M, t, MAP, KEY, LEAF)                                                     \
	M(t, __BCC_INLINE, int, update, (KEY *k, void *sk),                                                  \
		{ return bpf_map_update_elem(&MAP, k, sk, 0); })
#define __BCC_METHOD_sock_map_update(M, t, MAP, KEY, LEAF)                                                   \
	M(t, __BCC_INLINE, int, sock_map_update, (void *ctx, void *k, u64 flags),                            \
		{ return bpf_sock_map_update(ctx, &MAP, k, flags); })
#define __BCC_METHOD_msg_redirect_map(M, t, MAP, KEY, LEAF)                                                  \
	M(t, __BCC_INLINE, int, msg_redirect_map, (void *message, u32 index, u64 flags),                     \
		{ return bpf_msg_redirect_map(message, &MAP, index, flags); })
#define __BCC_METHOD_sk_redirect_map(M, t, MAP, KEY, LEAF)                                                   \
	M(t, __BCC_INLINE, int, sk_redirect_map, (void *skb, u32 index, u64 flags),                          \
		{ return bpf_sk_redirect_map(skb, &MAP, index, flags); })

#define __BCC_KIND_SOCKMAP(...)                                                                              \
	__BCC_METHOD_update_socket(__VA_ARGS__)                                                              \
	__BCC_METHOD_delete(__VA_ARGS__)                                                                     \
	__BCC_METHOD_sock_map_update(__VA_ARGS__)                                                            \
	__BCC_METHOD_msg_redirect_map(__VA_ARGS__)                                                           \
	__BCC_METHOD_sk_redirect_map(__VA_ARGS__)

#define __BCC_METHOD_sock_hash_update(M, t, MAP, KEY, LEAF)                                                  \
	M(t, __BCC_INLINE, int, sock_hash_update, (void *ctx, void *k, u64 flags),                           \
		{ return bpf_sock_hash_update(ctx, &MAP, k, flags); })
#define __BCC_METHOD_msg_redirect_hash(M, t, MAP, KEY, LEAF)                                                 \
	M(t, __BCC_INLINE, int, msg_redirect_hash, (void *message, void *k, u64 flags),                      \
		{ return bpf_msg_redirect_hash(message, &MAP, k, flags); })
#define __BCC_METHOD_sk_redirect_hash(M, t, MAP, KEY, LEAF)                                                  \
	M(t, __BCC_INLINE, int, sk_redirect_hash, (void *skb, void *k, u64 flags),                           \
		{ return bpf_sk_redirect_hash(skb, &MAP, k, flags); })

#define __BCC_KIND_SOCKHASH(...)                                                                             \
	__BCC_METHOD_update_socket(__VA_ARGS__)                                                              \
	__BCC_METHOD_delete(__VA_ARGS__)                                                                     \
	__BCC_METHOD_sock_hash_update(__VA_ARGS__)                                                           \
	__BCC_METHOD_msg_redirect_hash(__VA_ARGS__)                                                          \
	__BCC_METHOD_sk_redirect_hash(__VA_ARGS__)

#define BPF_SOCKMAP(name, entries) __BCC_TABLE(SOCKMAP, __BCC_TYPE_SOCKMAP, u32, int, name, entries, 0)
#define __BCC_SOCKHASH1(name) __BCC_SOCKHASH3(name, u32, 10240)
#define __BCC_SOCKHASH2(name, key) __BCC_SOCKHASH3(name, key, 10240)
#define __BCC_SOCKHASH3(name, key, entries)                                                                  \
	__BCC_TABLE(SOCKHASH, __BCC_TYPE_SOCKHASH, key, int, name, entries, 0)
#define BPF_SOCKHASH(...)                                                                                    \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_SOCKHASH3, __BCC_SOCKHASH2, __BCC_SOCKHASH1)(__VA_ARGS__)

/* ---- storage of a socket ---- */

#define __BCC_METHOD_sk_storage_get(M, t, MAP, KEY, LEAF)                                                    \
	M(t, __BCC_INLINE, LEAF *, sk_storage_get, (void *sk, void *v, u64 flags),                           \
		{ return bpf_sk_storage_get(&MAP, sk, v, flags); })
#define __BCC_METHOD_sk_storage_delete(M, t, MAP, KEY, LEAF)                                                 \
	M(t, __BCC_INLINE, int, sk_storage_delete, (void *sk),                                               \
		{ return bpf_sk_storage_delete(&MAP, sk); })

#define __BCC_KIND_SK_STORAGE(...)                                                                           \
	__BCC_METHOD_sk_storage_get(__VA_ARGS__)                                                             \
	__BCC_METHOD_sk_storage_delete(__VA_ARGS__)

#define BPF_SK_STORAGE(name, leaf)                                                                           \
	__BCC_TABLE(SK_STORAGE, __BCC_TYPE_SK_STORAGE, int, leaf, name, 0, __BCC_NO_PREALLOC)

/* ---- storage of an inode ---- */

#define __BCC_METHOD_inode_storage_get(M, t, MAP, KEY, LEAF)                                                 \
	M(t, __BCC_INLINE, LEAF *, inode_storage_get, (void *inode, void *v, u64 flags),                     \
		{ return bpf_inode_storage_get(&MAP, inode, v, flags); })
#define __BCC_METHOD_inode_storage_delete(M, t, MAP, KEY, LEAF)                                              \
	M(t, __BCC_INLINE, int, inode_storage_delete, (void *inode),                                         \
		{ return bpf_inode_storage_delete(&MAP, inode); })

#define __BCC_KIND_INODE_STORAGE(...)                                                                        \
	__BCC_METHOD_inode_storage_get(__VA_ARGS__)                                                          \
	__BCC_METHOD_inode_storage_delete(__VA_ARGS__)

#define BPF_INODE_STORAGE(name, leaf)                                                                        \
	__BCC_TABLE(INODE_STORAGE, __BCC_TYPE_INODE_STORAGE, int, leaf, name, 0, __BCC_NO_PREALLOC)

/* ---- storage of a task ---- */

#define __BCC_METHOD_task_storage_get(M, t, MAP, KEY, LEAF)                                                  \
	M(t, __BCC_INLINE, LEAF *, task_storage_get, (void *task, void *v, u64 flags),                       \
		{ return bpf_task_storage_get(&MAP, task, v, flags); })
#define __BCC_METHOD_task_storage_delete(M, t, MAP, KEY, LEAF)                                               \
	M(t, __BCC_INLINE, int, task_storage_delete, (void *task),                                           \
		{ return bpf_task_storage_delete(&MAP, task); })

#define __BCC_KIND_TASK_STORAGE(...)                                                                         \
	__BCC_METHOD_task_storage_get(__VA_ARGS__)                                                           \
	__BCC_METHOD_task_storage_delete(__VA_ARGS__)

#define BPF_TASK_STORAGE(name, leaf)                                                                         \
	__BCC_TABLE(TASK_STORAGE, __BCC_TYPE_TASK_STORAGE, int, leaf, name, 0, __BCC_NO_PREALLOC)

/* ---- storage of a control group and the program attached to it ---- */

#define __BCC_METHOD_get_local_storage(M, t, MAP, KEY, LEAF)                                                 \
	M(t, __BCC_INLINE, LEAF *, get_local_storage, (u64 flags),                                           \
		{ return bpf_get_local_storage(&MAP, flags); })

#define __BCC_KIND_CGROUP_STORAGE(...)                                                                       \
	__BCC_METHOD_lookup(__VA_ARGS__)                                                                     \
	__BCC_METHOD_update(__VA_ARGS__)                                                                     \
	__BCC_METHOD_get_local_storage(__VA_ARGS__)

/* Same as struct bpf_cgroup_storage_key of linux/bpf.h */
struct __bcc_cgroup_storage_key {
	u64 cgroup_inode_id;
	u32 attach_type;
};
#define BPF_CGROUP_STORAGE(name, leaf)                                                                       \
	__BCC_TABLE(CGROUP_STORAGE, __BCC_TYPE_CGROUP_STORAGE, struct __bcc_cgroup_storage_key, leaf,        \
		name, 0, 0)
#define BPF_PERCPU_CGROUP_STORAGE(name, leaf)                                                                \
	__BCC_TABLE(CGROUP_STORAGE, __BCC_TYPE_PERCPU_CGROUP_STORAGE,                                        \
		struct __bcc_cgroup_storage_key, leaf, name, 0, 0)

/* ---- sockets that share a port ---- */

#define __BCC_METHOD_select_reuseport(M, t, MAP, KEY, LEAF)                                                  \
	M(t, __BCC_INLINE, int, select_reuseport, (void *ctx, void *k, u64 flags),                           \
		{ return bpf_sk_select_reuseport(ctx, &MAP, k, flags); })

#define __BCC_KIND_REUSEPORT(...)                                                                            \
	__BCC_METHOD_select_reuseport(__VA_ARGS__)

#define BPF_REUSEPORT_ARRAY(name, entries)                                                                   \
	__BCC_TABLE(REUSEPORT, __BCC_TYPE_REUSEPORT_SOCKARRAY, u32, u64, name, entries, 0)

/* ---- BPF_TABLE()'s word decides the type: the methods of every type that a word can select ---- */

#define __BCC_KIND_WORD(...)                                                                                 \
	__BCC_KIND_ENTRY(__VA_ARGS__)                                                                        \
	__BCC_KIND_STACKS(__VA_ARGS__)                                                                       \
	__BCC_KIND_PROGRAMS(__VA_ARGS__)                                                                     \
	__BCC_KIND_CGROUPS(__VA_ARGS__)                                                                      \
	__BCC_METHOD_redirect_map(__VA_ARGS__)                                                               \
	__BCC_KIND_SK_STORAGE(__VA_ARGS__)                                                                   \
	__BCC_KIND_INODE_STORAGE(__VA_ARGS__)                                                                \
	__BCC_KIND_TASK_STORAGE(__VA_ARGS__)
