/* The methods of each kind of table, as functions on the map __bcc_map_NAME with keys __bcc_key_NAME and
 * values __bcc_leaf_NAME. There are three macros for each kind: the functions, the members that point to
 * them, and the members' values. A text gets only the methods that it names, so each starts on a line of its
 * own (frontends/prelude.py). */
#pragma once

#define __BCC_F_CURRENT_CPU 0xffffffffULL /* BPF_F_CURRENT_CPU */
#define __BCC_NOEXIST 1			  /* BPF_NOEXIST */
#define __BCC_NO_PREALLOC 1		  /* BPF_F_NO_PREALLOC */

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

/* A key passed by value. If its type is an array, it arrives as an address. */
#define __BCC_KEY_AT(k, type)                                                                                \
	__builtin_choose_expr(                                                                               \
		__builtin_types_compatible_p(__typeof__(k), type), (void *)&(k), *(void **)(void *)&(k))

#define __BCC_INLINE(result, table_name, method) static __always_inline result __bcc_##table_name##_##method
#define __BCC_SET(name, method) .method = __bcc_##name##_##method

/* Entries by key. The amount of increment() may be omitted: the rewriter turns such calls into calls of
 * …_by. */
#define __BCC_ENTRY_METHODS(name)                                                                            \
	__BCC_INLINE(__bcc_leaf_##name *, name, lookup)(__bcc_key_##name * k)                                \
	{                                                                                                    \
		return bpf_map_lookup_elem(&__bcc_map_##name, k);                                            \
	}                                                                                                    \
	__BCC_INLINE(__bcc_leaf_##name *, name, lookup_or_try_init)(                                         \
		__bcc_key_##name * k, __bcc_leaf_##name * v)                                                 \
	{                                                                                                    \
		__bcc_leaf_##name *p = bpf_map_lookup_elem(&__bcc_map_##name, k);                            \
		if (p)                                                                                       \
			return p;                                                                            \
		bpf_map_update_elem(&__bcc_map_##name, k, v, __BCC_NOEXIST);                                 \
		return bpf_map_lookup_elem(&__bcc_map_##name, k);                                            \
	}                                                                                                    \
	__BCC_INLINE(__bcc_leaf_##name *, name, lookup_or_init)(__bcc_key_##name * k, __bcc_leaf_##name * v) \
	{                                                                                                    \
		__bcc_leaf_##name *p = __bcc_##name##_lookup_or_try_init(k, v);                              \
		if (!p)                                                                                      \
			__bcc_return_from_caller();                                                          \
		return p;                                                                                    \
	}                                                                                                    \
	__BCC_INLINE(int, name, update)(__bcc_key_##name * k, __bcc_leaf_##name * v)                         \
	{                                                                                                    \
		return bpf_map_update_elem(&__bcc_map_##name, k, v, 0);                                      \
	}                                                                                                    \
	__BCC_INLINE(int, name, insert)(__bcc_key_##name * k, __bcc_leaf_##name * v)                         \
	{                                                                                                    \
		return bpf_map_update_elem(&__bcc_map_##name, k, v, __BCC_NOEXIST);                          \
	}                                                                                                    \
	__BCC_INLINE(int, name, delete)(__bcc_key_##name * k)                                                \
	{                                                                                                    \
		return bpf_map_delete_elem(&__bcc_map_##name, k);                                            \
	}                                                                                                    \
	__BCC_INLINE(void, name, increment_by)(__bcc_key_##name k, u64 n)                                    \
	{                                                                                                    \
		void *at = __BCC_KEY_AT(k, __bcc_key_##name);                                                \
		__bcc_leaf_##name *p = bpf_map_lookup_elem(&__bcc_map_##name, at);                           \
		if (p) {                                                                                     \
			__bcc_add(p, n, sizeof(*p));                                                         \
		} else {                                                                                     \
			__bcc_leaf_##name fresh;                                                             \
			__builtin_memset(&fresh, 0, sizeof(fresh));                                          \
			__bcc_add(&fresh, n, sizeof(fresh));                                                 \
			bpf_map_update_elem(&__bcc_map_##name, at, &fresh, __BCC_NOEXIST);                   \
		}                                                                                            \
	}                                                                                                    \
	__BCC_INLINE(void, name, atomic_increment_by)(__bcc_key_##name k, u64 n)                             \
	{                                                                                                    \
		void *at = __BCC_KEY_AT(k, __bcc_key_##name);                                                \
		__bcc_leaf_##name *p = bpf_map_lookup_elem(&__bcc_map_##name, at);                           \
		if (!p) {                                                                                    \
			__bcc_leaf_##name fresh;                                                             \
			__builtin_memset(&fresh, 0, sizeof(fresh));                                          \
			bpf_map_update_elem(&__bcc_map_##name, at, &fresh, __BCC_NOEXIST);                   \
			p = bpf_map_lookup_elem(&__bcc_map_##name, at);                                      \
		}                                                                                            \
		if (p)                                                                                       \
			__bcc_atomic_add(p, n, sizeof(*p));                                                  \
	}                                                                                                    \
	void __bcc_##name##_increment(__bcc_key_##name k, ...);                                              \
	void __bcc_##name##_atomic_increment(__bcc_key_##name k, ...);

#define __BCC_ENTRY_MEMBERS(name)                                                                            \
	__bcc_leaf_##name *(*lookup)(__bcc_key_##name *);                                                    \
	__bcc_leaf_##name *(*lookup_or_try_init)(__bcc_key_##name *, __bcc_leaf_##name *);                   \
	__bcc_leaf_##name *(*lookup_or_init)(__bcc_key_##name *, __bcc_leaf_##name *);                       \
	int (*update)(__bcc_key_##name *, __bcc_leaf_##name *);                                              \
	int (*insert)(__bcc_key_##name *, __bcc_leaf_##name *);                                              \
	int (*delete)(__bcc_key_##name *);                                                                   \
	void (*increment_by)(__bcc_key_##name, u64);                                                         \
	void (*atomic_increment_by)(__bcc_key_##name, u64);                                                  \
	void (*increment)(__bcc_key_##name, ...);                                                            \
	void (*atomic_increment)(__bcc_key_##name, ...);

#define __BCC_ENTRY_VALUES(name)                                                                             \
	__BCC_SET(name, lookup),                                                                             \
	__BCC_SET(name, lookup_or_try_init),                                                                 \
	__BCC_SET(name, lookup_or_init),                                                                     \
	__BCC_SET(name, update),                                                                             \
	__BCC_SET(name, insert),                                                                             \
	__BCC_SET(name, delete),                                                                             \
	__BCC_SET(name, increment_by),                                                                       \
	__BCC_SET(name, atomic_increment_by),                                                                \
	__BCC_SET(name, increment),                                                                          \
	__BCC_SET(name, atomic_increment),

/* Buffers of perf events */
#define __BCC_PERF_OUTPUT_METHODS(name)                                                                      \
	__BCC_INLINE(int, name, perf_submit)(void *ctx, void *data, u32 size)                                \
	{                                                                                                    \
		return bpf_perf_event_output(ctx, &__bcc_map_##name, __BCC_F_CURRENT_CPU, data, size);       \
	}                                                                                                    \
	__BCC_INLINE(int, name, perf_submit_skb)(void *ctx, u32 skb_size, void *data, u32 size)              \
	{                                                                                                    \
		return bpf_perf_event_output(                                                                \
			ctx, &__bcc_map_##name, __BCC_F_CURRENT_CPU | ((u64)skb_size << 32), data, size);    \
	}

#define __BCC_PERF_OUTPUT_MEMBERS(name)                                                                      \
	int (*perf_submit)(void *, void *, u32);                                                             \
	int (*perf_submit_skb)(void *, u32, void *, u32);

#define __BCC_PERF_OUTPUT_VALUES(name)                                                                       \
	__BCC_SET(name, perf_submit),                                                                        \
	__BCC_SET(name, perf_submit_skb),

/* Counters */
#define __BCC_PERF_ARRAY_METHODS(name)                                                                       \
	__BCC_INLINE(u64, name, perf_read)(u64 index)                                                        \
	{                                                                                                    \
		return bpf_perf_event_read(&__bcc_map_##name, index);                                        \
	}                                                                                                    \
	__BCC_INLINE(int, name, perf_counter_value)(u64 index, void *counter, u32 size)                      \
	{                                                                                                    \
		return bpf_perf_event_read_value(&__bcc_map_##name, index, counter, size);                   \
	}

#define __BCC_PERF_ARRAY_MEMBERS(name)                                                                       \
	u64 (*perf_read)(u64);                                                                               \
	int (*perf_counter_value)(u64, void *, u32);

#define __BCC_PERF_ARRAY_VALUES(name)                                                                        \
	__BCC_SET(name, perf_read),                                                                          \
	__BCC_SET(name, perf_counter_value),

/* Ring buffers */
#define __BCC_RING_METHODS(name)                                                                             \
	__BCC_INLINE(int, name, ringbuf_output)(void *data, u64 size, u64 flags)                             \
	{                                                                                                    \
		return bpf_ringbuf_output(&__bcc_map_##name, data, size, flags);                             \
	}                                                                                                    \
	__BCC_INLINE(void *, name, ringbuf_reserve)(u64 size)                                                \
	{                                                                                                    \
		return bpf_ringbuf_reserve(&__bcc_map_##name, size, 0);                                      \
	}                                                                                                    \
	__BCC_INLINE(void, name, ringbuf_submit)(void *data, u64 flags)                                      \
	{                                                                                                    \
		bpf_ringbuf_submit(data, flags);                                                             \
	}                                                                                                    \
	__BCC_INLINE(void, name, ringbuf_discard)(void *data, u64 flags)                                     \
	{                                                                                                    \
		bpf_ringbuf_discard(data, flags);                                                            \
	}                                                                                                    \
	__BCC_INLINE(u64, name, ringbuf_query)(u64 flags)                                                    \
	{                                                                                                    \
		return bpf_ringbuf_query(&__bcc_map_##name, flags);                                          \
	}

#define __BCC_RING_MEMBERS(name)                                                                             \
	int (*ringbuf_output)(void *, u64, u64);                                                             \
	void *(*ringbuf_reserve)(u64);                                                                       \
	void (*ringbuf_submit)(void *, u64);                                                                 \
	void (*ringbuf_discard)(void *, u64);                                                                \
	u64 (*ringbuf_query)(u64);

#define __BCC_RING_VALUES(name)                                                                              \
	__BCC_SET(name, ringbuf_output),                                                                     \
	__BCC_SET(name, ringbuf_reserve),                                                                    \
	__BCC_SET(name, ringbuf_submit),                                                                     \
	__BCC_SET(name, ringbuf_discard),                                                                    \
	__BCC_SET(name, ringbuf_query),

/* Ring buffers filled by user space */
#define __BCC_USER_RING_METHODS(name)                                                                        \
	__BCC_INLINE(long, name, drain)(void *each, void *context, u64 flags)                                \
	{                                                                                                    \
		return bpf_user_ringbuf_drain(&__bcc_map_##name, each, context, flags);                      \
	}

#define __BCC_USER_RING_MEMBERS(name) long (*drain)(void *, void *, u64);

#define __BCC_USER_RING_VALUES(name)                                                                         \
	__BCC_SET(name, drain),

/* Call stacks */
#define __BCC_STACKS_METHODS(name)                                                                           \
	__BCC_INLINE(int, name, get_stackid)(void *ctx, u64 flags)                                           \
	{                                                                                                    \
		return bpf_get_stackid(ctx, &__bcc_map_##name, flags);                                       \
	}

#define __BCC_STACKS_MEMBERS(name) int (*get_stackid)(void *, u64);

#define __BCC_STACKS_VALUES(name)                                                                            \
	__BCC_SET(name, get_stackid),

/* Programs */
#define __BCC_PROGRAMS_METHODS(name)                                                                         \
	__BCC_INLINE(void, name, call)(void *ctx, int index)                                                 \
	{                                                                                                    \
		bpf_tail_call(ctx, &__bcc_map_##name, index);                                                \
	}

#define __BCC_PROGRAMS_MEMBERS(name) void (*call)(void *, int);

#define __BCC_PROGRAMS_VALUES(name)                                                                          \
	__BCC_SET(name, call),

/* Control groups */
#define __BCC_CGROUPS_METHODS(name)                                                                          \
	__BCC_INLINE(int, name, check_current_task)(int index)                                               \
	{                                                                                                    \
		return bpf_current_task_under_cgroup(&__bcc_map_##name, index);                              \
	}

#define __BCC_CGROUPS_MEMBERS(name) int (*check_current_task)(int);

#define __BCC_CGROUPS_VALUES(name)                                                                           \
	__BCC_SET(name, check_current_task),

/* Devices, CPUs, and AF_XDP sockets */
#define __BCC_REDIRECT_METHODS(name)                                                                         \
	__BCC_INLINE(int, name, redirect_map)(int index, int flags)                                          \
	{                                                                                                    \
		return bpf_redirect_map(&__bcc_map_##name, index, flags);                                    \
	}                                                                                                    \
	__BCC_INLINE(__bcc_leaf_##name *, name, lookup)(__bcc_key_##name * k)                                \
	{                                                                                                    \
		return bpf_map_lookup_elem(&__bcc_map_##name, k);                                            \
	}

#define __BCC_REDIRECT_MEMBERS(name)                                                                         \
	int (*redirect_map)(int, int);                                                                       \
	__bcc_leaf_##name *(*lookup)(__bcc_key_##name *);

#define __BCC_REDIRECT_VALUES(name)                                                                          \
	__BCC_SET(name, redirect_map),                                                                       \
	__BCC_SET(name, lookup),

/* Queues and stacks */
#define __BCC_QUEUE_METHODS(name)                                                                            \
	__BCC_INLINE(int, name, push)(__bcc_leaf_##name * v, u64 flags)                                      \
	{                                                                                                    \
		return bpf_map_push_elem(&__bcc_map_##name, v, flags);                                       \
	}                                                                                                    \
	__BCC_INLINE(int, name, pop)(__bcc_leaf_##name * v)                                                  \
	{                                                                                                    \
		return bpf_map_pop_elem(&__bcc_map_##name, v);                                               \
	}                                                                                                    \
	__BCC_INLINE(int, name, peek)(__bcc_leaf_##name * v)                                                 \
	{                                                                                                    \
		return bpf_map_peek_elem(&__bcc_map_##name, v);                                              \
	}

#define __BCC_QUEUE_MEMBERS(name)                                                                            \
	int (*push)(__bcc_leaf_##name *, u64);                                                               \
	int (*pop)(__bcc_leaf_##name *);                                                                     \
	int (*peek)(__bcc_leaf_##name *);

#define __BCC_QUEUE_VALUES(name)                                                                             \
	__BCC_SET(name, push),                                                                               \
	__BCC_SET(name, pop),                                                                                \
	__BCC_SET(name, peek),

/* Bloom filters: peek() returns 0 for what may have been pushed, -ENOENT for what has not. */
#define __BCC_BLOOM_METHODS(name)                                                                            \
	__BCC_INLINE(int, name, push)(__bcc_leaf_##name * v, u64 flags)                                      \
	{                                                                                                    \
		return bpf_map_push_elem(&__bcc_map_##name, v, flags);                                       \
	}                                                                                                    \
	__BCC_INLINE(int, name, peek)(__bcc_leaf_##name * v)                                                 \
	{                                                                                                    \
		return bpf_map_peek_elem(&__bcc_map_##name, v);                                              \
	}

#define __BCC_BLOOM_MEMBERS(name)                                                                            \
	int (*push)(__bcc_leaf_##name *, u64);                                                               \
	int (*peek)(__bcc_leaf_##name *);

#define __BCC_BLOOM_VALUES(name)                                                                             \
	__BCC_SET(name, push),                                                                               \
	__BCC_SET(name, peek),

/* Sockets by index */
#define __BCC_SOCKMAP_METHODS(name)                                                                          \
	__BCC_INLINE(int, name, update)(__bcc_key_##name * k, void *sk)                                      \
	{                                                                                                    \
		return bpf_map_update_elem(&__bcc_map_##name, k, sk, 0);                                     \
	}                                                                                                    \
	__BCC_INLINE(int, name, delete)(__bcc_key_##name * k)                                                \
	{                                                                                                    \
		return bpf_map_delete_elem(&__bcc_map_##name, k);                                            \
	}                                                                                                    \
	__BCC_INLINE(int, name, sock_map_update)(void *ctx, void *k, u64 flags)                              \
	{                                                                                                    \
		return bpf_sock_map_update(ctx, &__bcc_map_##name, k, flags);                                \
	}                                                                                                    \
	__BCC_INLINE(int, name, msg_redirect_map)(void *message, u32 index, u64 flags)                       \
	{                                                                                                    \
		return bpf_msg_redirect_map(message, &__bcc_map_##name, index, flags);                       \
	}                                                                                                    \
	__BCC_INLINE(int, name, sk_redirect_map)(void *skb, u32 index, u64 flags)                            \
	{                                                                                                    \
		return bpf_sk_redirect_map(skb, &__bcc_map_##name, index, flags);                            \
	}

#define __BCC_SOCKMAP_MEMBERS(name)                                                                          \
	int (*update)(__bcc_key_##name *, void *);                                                           \
	int (*delete)(__bcc_key_##name *);                                                                   \
	int (*sock_map_update)(void *, void *, u64);                                                         \
	int (*msg_redirect_map)(void *, u32, u64);                                                           \
	int (*sk_redirect_map)(void *, u32, u64);

#define __BCC_SOCKMAP_VALUES(name)                                                                           \
	__BCC_SET(name, update),                                                                             \
	__BCC_SET(name, delete),                                                                             \
	__BCC_SET(name, sock_map_update),                                                                    \
	__BCC_SET(name, msg_redirect_map),                                                                   \
	__BCC_SET(name, sk_redirect_map),

/* Sockets by key */
#define __BCC_SOCKHASH_METHODS(name)                                                                         \
	__BCC_INLINE(int, name, update)(__bcc_key_##name * k, void *sk)                                      \
	{                                                                                                    \
		return bpf_map_update_elem(&__bcc_map_##name, k, sk, 0);                                     \
	}                                                                                                    \
	__BCC_INLINE(int, name, delete)(__bcc_key_##name * k)                                                \
	{                                                                                                    \
		return bpf_map_delete_elem(&__bcc_map_##name, k);                                            \
	}                                                                                                    \
	__BCC_INLINE(int, name, sock_hash_update)(void *ctx, void *k, u64 flags)                             \
	{                                                                                                    \
		return bpf_sock_hash_update(ctx, &__bcc_map_##name, k, flags);                               \
	}                                                                                                    \
	__BCC_INLINE(int, name, msg_redirect_hash)(void *message, void *k, u64 flags)                        \
	{                                                                                                    \
		return bpf_msg_redirect_hash(message, &__bcc_map_##name, k, flags);                          \
	}                                                                                                    \
	__BCC_INLINE(int, name, sk_redirect_hash)(void *skb, void *k, u64 flags)                             \
	{                                                                                                    \
		return bpf_sk_redirect_hash(skb, &__bcc_map_##name, k, flags);                               \
	}

#define __BCC_SOCKHASH_MEMBERS(name)                                                                         \
	int (*update)(__bcc_key_##name *, void *);                                                           \
	int (*delete)(__bcc_key_##name *);                                                                   \
	int (*sock_hash_update)(void *, void *, u64);                                                        \
	int (*msg_redirect_hash)(void *, void *, u64);                                                       \
	int (*sk_redirect_hash)(void *, void *, u64);

#define __BCC_SOCKHASH_VALUES(name)                                                                          \
	__BCC_SET(name, update),                                                                             \
	__BCC_SET(name, delete),                                                                             \
	__BCC_SET(name, sock_hash_update),                                                                   \
	__BCC_SET(name, msg_redirect_hash),                                                                  \
	__BCC_SET(name, sk_redirect_hash),

/* Storage of a socket */
#define __BCC_SK_STORAGE_METHODS(name)                                                                       \
	__BCC_INLINE(__bcc_leaf_##name *, name, sk_storage_get)(void *sk, void *v, u64 flags)                \
	{                                                                                                    \
		return bpf_sk_storage_get(&__bcc_map_##name, sk, v, flags);                                  \
	}                                                                                                    \
	__BCC_INLINE(int, name, sk_storage_delete)(void *sk)                                                 \
	{                                                                                                    \
		return bpf_sk_storage_delete(&__bcc_map_##name, sk);                                         \
	}

#define __BCC_SK_STORAGE_MEMBERS(name)                                                                       \
	__bcc_leaf_##name *(*sk_storage_get)(void *, void *, u64);                                           \
	int (*sk_storage_delete)(void *);

#define __BCC_SK_STORAGE_VALUES(name)                                                                        \
	__BCC_SET(name, sk_storage_get),                                                                     \
	__BCC_SET(name, sk_storage_delete),

/* … to an inode */
#define __BCC_INODE_STORAGE_METHODS(name)                                                                    \
	__BCC_INLINE(__bcc_leaf_##name *, name, inode_storage_get)(void *inode, void *v, u64 flags)          \
	{                                                                                                    \
		return bpf_inode_storage_get(&__bcc_map_##name, inode, v, flags);                            \
	}                                                                                                    \
	__BCC_INLINE(int, name, inode_storage_delete)(void *inode)                                           \
	{                                                                                                    \
		return bpf_inode_storage_delete(&__bcc_map_##name, inode);                                   \
	}

#define __BCC_INODE_STORAGE_MEMBERS(name)                                                                    \
	__bcc_leaf_##name *(*inode_storage_get)(void *, void *, u64);                                        \
	int (*inode_storage_delete)(void *);

#define __BCC_INODE_STORAGE_VALUES(name)                                                                     \
	__BCC_SET(name, inode_storage_get),                                                                  \
	__BCC_SET(name, inode_storage_delete),

/* … to a task */
#define __BCC_TASK_STORAGE_METHODS(name)                                                                     \
	__BCC_INLINE(__bcc_leaf_##name *, name, task_storage_get)(void *task, void *v, u64 flags)            \
	{                                                                                                    \
		return bpf_task_storage_get(&__bcc_map_##name, task, v, flags);                              \
	}                                                                                                    \
	__BCC_INLINE(int, name, task_storage_delete)(void *task)                                             \
	{                                                                                                    \
		return bpf_task_storage_delete(&__bcc_map_##name, task);                                     \
	}

#define __BCC_TASK_STORAGE_MEMBERS(name)                                                                     \
	__bcc_leaf_##name *(*task_storage_get)(void *, void *, u64);                                         \
	int (*task_storage_delete)(void *);

#define __BCC_TASK_STORAGE_VALUES(name)                                                                      \
	__BCC_SET(name, task_storage_get),                                                                   \
	__BCC_SET(name, task_storage_delete),

/* … to a control group and the program attached to it */
#define __BCC_CGROUP_STORAGE_METHODS(name)                                                                   \
	__BCC_INLINE(__bcc_leaf_##name *, name, lookup)(__bcc_key_##name * k)                                \
	{                                                                                                    \
		return bpf_map_lookup_elem(&__bcc_map_##name, k);                                            \
	}                                                                                                    \
	__BCC_INLINE(int, name, update)(__bcc_key_##name * k, __bcc_leaf_##name * v)                         \
	{                                                                                                    \
		return bpf_map_update_elem(&__bcc_map_##name, k, v, 0);                                      \
	}                                                                                                    \
	__BCC_INLINE(__bcc_leaf_##name *, name, get_local_storage)(u64 flags)                                \
	{                                                                                                    \
		return bpf_get_local_storage(&__bcc_map_##name, flags);                                      \
	}

#define __BCC_CGROUP_STORAGE_MEMBERS(name)                                                                   \
	__bcc_leaf_##name *(*lookup)(__bcc_key_##name *);                                                    \
	int (*update)(__bcc_key_##name *, __bcc_leaf_##name *);                                              \
	__bcc_leaf_##name *(*get_local_storage)(u64);

#define __BCC_CGROUP_STORAGE_VALUES(name)                                                                    \
	__BCC_SET(name, lookup),                                                                             \
	__BCC_SET(name, update),                                                                             \
	__BCC_SET(name, get_local_storage),

/* Sockets that share a port */
#define __BCC_REUSEPORT_METHODS(name)                                                                        \
	__BCC_INLINE(int, name, select_reuseport)(void *ctx, void *k, u64 flags)                             \
	{                                                                                                    \
		return bpf_sk_select_reuseport(ctx, &__bcc_map_##name, k, flags);                            \
	}

#define __BCC_REUSEPORT_MEMBERS(name) int (*select_reuseport)(void *, void *, u64);

#define __BCC_REUSEPORT_VALUES(name)                                                                         \
	__BCC_SET(name, select_reuseport),
