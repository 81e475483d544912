/* Tables. BPF_TABLE(…, name, …) is a map in .maps, functions that work on it, and a constant struct `name` whose members are those
 * functions: name.lookup(&key) is plain C, and all of it folds into direct helper calls. */
#pragma once

/* Numbers of enum bpf_map_type (linux/bpf.h) for the words that BPF_TABLE takes */
#define __BCC_IS(word, type) (__builtin_strcmp(word, type) == 0)
#define __BCC_MAP_TYPE(word, key)                                                                                    \
	(__BCC_IS(word, "hash")		      ? 1                                                                    \
		: __BCC_IS(word, "array")	      ? 2                                                            \
		: __BCC_IS(word, "histogram")      ? (__builtin_types_compatible_p(__typeof__(key), int) ? 2 : 1)    \
		: __BCC_IS(word, "prog")	      ? 3                                                            \
		: __BCC_IS(word, "perf_output")    ? 4                                                               \
		: __BCC_IS(word, "perf_array")     ? 4                                                               \
		: __BCC_IS(word, "percpu_hash")    ? 5                                                               \
		: __BCC_IS(word, "percpu_array")   ? 6                                                               \
		: __BCC_IS(word, "stacktrace")     ? 7                                                               \
		: __BCC_IS(word, "cgroup_array")   ? 8                                                               \
		: __BCC_IS(word, "lru_hash")	      ? 9                                                            \
		: __BCC_IS(word, "lru_percpu_hash") ? 10                                                             \
		: __BCC_IS(word, "lpm_trie")	      ? 11                                                           \
		: __BCC_IS(word, "devmap")	      ? 14                                                           \
		: __BCC_IS(word, "sockmap")	      ? 15                                                           \
		: __BCC_IS(word, "cpumap")	      ? 16                                                           \
		: __BCC_IS(word, "xskmap")	      ? 17                                                           \
		: __BCC_IS(word, "sockhash")	      ? 18                                                           \
		: __BCC_IS(word, "cgroup_storage") ? 19                                                              \
		: __BCC_IS(word, "reuseport_sockarray") ? 20                                                         \
		: __BCC_IS(word, "percpu_cgroup_storage") ? 21                                                       \
		: __BCC_IS(word, "queue")	      ? 22                                                           \
		: __BCC_IS(word, "stack")	      ? 23                                                           \
		: __BCC_IS(word, "sk_storage")     ? 24                                                              \
		: __BCC_IS(word, "devmap_hash")    ? 25                                                              \
		: __BCC_IS(word, "ringbuf")	      ? 27                                                           \
		: __BCC_IS(word, "inode_storage")  ? 28                                                              \
		: __BCC_IS(word, "task_storage")   ? 29                                                              \
		: __BCC_IS(word, "bloom_filter")   ? 30                                                              \
		: __BCC_IS(word, "user_ringbuf")   ? 31                                                              \
					      : -1 /* a word that is no type: the array below has no such size */)

#define __BCC_F_CURRENT_CPU 0xffffffffULL /* BPF_F_CURRENT_CPU */
#define __BCC_NOEXIST 1			   /* BPF_NOEXIST */

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

/* What every table has: its map, and the methods of maps that have entries. */
#define __BCC_MAP(map_name, type_number, K, V, entries, flags)                                                       \
	struct {                                                                                                     \
		int (*type)[type_number];                                                                            \
		__typeof__(K) *key;                                                                                  \
		__typeof__(V) *value;                                                                                \
		int (*max_entries)[entries];                                                                         \
		int (*map_flags)[flags];                                                                             \
	} __bcc_map_##map_name SEC(".maps");

#define __BCC_INLINE(result, table_name, method) static __always_inline result __bcc_##table_name##_##method

#define __BCC_ENTRY_METHODS(K, V, name)                                                                              \
	__BCC_INLINE(__typeof__(V) *, name, lookup)(__typeof__(K) * k)                                               \
	{                                                                                                            \
		return bpf_map_lookup_elem(&__bcc_map_##name, k);                                                    \
	}                                                                                                            \
	__BCC_INLINE(__typeof__(V) *, name, lookup_or_try_init)(__typeof__(K) * k, __typeof__(V) * v)                \
	{                                                                                                            \
		__typeof__(V) *p = bpf_map_lookup_elem(&__bcc_map_##name, k);                                        \
		if (p)                                                                                               \
			return p;                                                                                    \
		bpf_map_update_elem(&__bcc_map_##name, k, v, __BCC_NOEXIST);                                         \
		return bpf_map_lookup_elem(&__bcc_map_##name, k);                                                    \
	}                                                                                                            \
	__BCC_INLINE(__typeof__(V) *, name, lookup_or_init)(__typeof__(K) * k, __typeof__(V) * v)                    \
	{                                                                                                            \
		__typeof__(V) *p = __bcc_##name##_lookup_or_try_init(k, v);                                          \
		if (!p)                                                                                              \
			__bcc_return_from_caller();                                                                  \
		return p;                                                                                            \
	}                                                                                                            \
	__BCC_INLINE(int, name, update)(__typeof__(K) * k, __typeof__(V) * v)                                        \
	{                                                                                                            \
		return bpf_map_update_elem(&__bcc_map_##name, k, v, 0);                                              \
	}                                                                                                            \
	__BCC_INLINE(int, name, insert)(__typeof__(K) * k, __typeof__(V) * v)                                        \
	{                                                                                                            \
		return bpf_map_update_elem(&__bcc_map_##name, k, v, __BCC_NOEXIST);                                  \
	}                                                                                                            \
	__BCC_INLINE(int, name, delete)(__typeof__(K) * k)                                                           \
	{                                                                                                            \
		return bpf_map_delete_elem(&__bcc_map_##name, k);                                                    \
	}                                                                                                            \
	__BCC_INLINE(void, name, increment_by)(__typeof__(K) k, u64 n)                                               \
	{                                                                                                            \
		__typeof__(V) *p = bpf_map_lookup_elem(&__bcc_map_##name, &k);                                       \
		if (p) {                                                                                             \
			__bcc_add(p, n, sizeof(*p));                                                                 \
		} else {                                                                                             \
			__typeof__(V) fresh;                                                                         \
			__builtin_memset(&fresh, 0, sizeof(fresh));                                                  \
			__bcc_add(&fresh, n, sizeof(fresh));                                                         \
			bpf_map_update_elem(&__bcc_map_##name, &k, &fresh, __BCC_NOEXIST);                           \
		}                                                                                                    \
	}                                                                                                            \
	__BCC_INLINE(void, name, atomic_increment_by)(__typeof__(K) k, u64 n)                                        \
	{                                                                                                            \
		__typeof__(V) *p = bpf_map_lookup_elem(&__bcc_map_##name, &k);                                       \
		if (!p) {                                                                                            \
			__typeof__(V) fresh;                                                                         \
			__builtin_memset(&fresh, 0, sizeof(fresh));                                                  \
			bpf_map_update_elem(&__bcc_map_##name, &k, &fresh, __BCC_NOEXIST);                           \
			p = bpf_map_lookup_elem(&__bcc_map_##name, &k);                                              \
		}                                                                                                    \
		if (p)                                                                                               \
			__bcc_atomic_add(p, n, sizeof(*p));                                                          \
	}                                                                                                            \
	/* the amount may be left out: the rewriter makes these calls of …_by */                                     \
	void __bcc_##name##_increment(__typeof__(K) k, ...);                                                         \
	void __bcc_##name##_atomic_increment(__typeof__(K) k, ...);

#define __BCC_ENTRY_MEMBERS(K, V)                                                                                    \
	__typeof__(V) *(*lookup)(__typeof__(K) *);                                                                   \
	__typeof__(V) *(*lookup_or_try_init)(__typeof__(K) *, __typeof__(V) *);                                      \
	__typeof__(V) *(*lookup_or_init)(__typeof__(K) *, __typeof__(V) *);                                          \
	int (*update)(__typeof__(K) *, __typeof__(V) *);                                                             \
	int (*insert)(__typeof__(K) *, __typeof__(V) *);                                                             \
	int (*delete)(__typeof__(K) *);                                                                              \
	void (*increment)(__typeof__(K), ...);                                                                       \
	void (*increment_by)(__typeof__(K), u64);                                                                    \
	void (*atomic_increment)(__typeof__(K), ...);                                                                \
	void (*atomic_increment_by)(__typeof__(K), u64);

#define __BCC_ENTRY_VALUES(name)                                                                                     \
	.lookup = __bcc_##name##_lookup, .lookup_or_try_init = __bcc_##name##_lookup_or_try_init,                    \
	.lookup_or_init = __bcc_##name##_lookup_or_init, .update = __bcc_##name##_update,                            \
	.insert = __bcc_##name##_insert, .delete = __bcc_##name##_delete, .increment = __bcc_##name##_increment,     \
	.increment_by = __bcc_##name##_increment_by, .atomic_increment = __bcc_##name##_atomic_increment,            \
	.atomic_increment_by = __bcc_##name##_atomic_increment_by,

/* Methods of the other kinds of tables, from the helpers that do the work. */
#define __BCC_OTHER_METHODS(K, V, name)                                                                              \
	__BCC_INLINE(int, name, perf_submit)(void *ctx, void *data, u32 size)                                        \
	{                                                                                                            \
		return bpf_perf_event_output(ctx, &__bcc_map_##name, __BCC_F_CURRENT_CPU, data, size);               \
	}                                                                                                            \
	__BCC_INLINE(int, name, perf_submit_skb)(void *ctx, u32 skb_size, void *data, u32 size)                      \
	{                                                                                                            \
		return bpf_perf_event_output(ctx, &__bcc_map_##name, __BCC_F_CURRENT_CPU | ((u64)skb_size << 32),    \
			data, size);                                                                                 \
	}                                                                                                            \
	__BCC_INLINE(u64, name, perf_read)(u64 index)                                                                \
	{                                                                                                            \
		return bpf_perf_event_read(&__bcc_map_##name, index);                                                \
	}                                                                                                            \
	__BCC_INLINE(int, name, perf_counter_value)(u64 index, void *value, u32 size)                                \
	{                                                                                                            \
		return bpf_perf_event_read_value(&__bcc_map_##name, index, value, size);                             \
	}                                                                                                            \
	__BCC_INLINE(int, name, get_stackid)(void *ctx, u64 flags)                                                   \
	{                                                                                                            \
		return bpf_get_stackid(ctx, &__bcc_map_##name, flags);                                               \
	}                                                                                                            \
	__BCC_INLINE(int, name, check_current_task)(int index)                                                       \
	{                                                                                                            \
		return bpf_current_task_under_cgroup(&__bcc_map_##name, index);                                      \
	}                                                                                                            \
	__BCC_INLINE(void, name, call)(void *ctx, int index)                                                         \
	{                                                                                                            \
		bpf_tail_call(ctx, &__bcc_map_##name, index);                                                        \
	}                                                                                                            \
	__BCC_INLINE(int, name, redirect_map)(int index, int flags)                                                  \
	{                                                                                                            \
		return bpf_redirect_map(&__bcc_map_##name, index, flags);                                            \
	}                                                                                                            \
	__BCC_INLINE(int, name, push)(__typeof__(V) * v, u64 flags)                                                  \
	{                                                                                                            \
		return bpf_map_push_elem(&__bcc_map_##name, v, flags);                                               \
	}                                                                                                            \
	__BCC_INLINE(int, name, pop)(__typeof__(V) * v)                                                              \
	{                                                                                                            \
		return bpf_map_pop_elem(&__bcc_map_##name, v);                                                       \
	}                                                                                                            \
	__BCC_INLINE(int, name, peek)(__typeof__(V) * v)                                                             \
	{                                                                                                            \
		return bpf_map_peek_elem(&__bcc_map_##name, v);                                                      \
	}                                                                                                            \
	__BCC_INLINE(int, name, ringbuf_output)(void *data, u64 size, u64 flags)                                     \
	{                                                                                                            \
		return bpf_ringbuf_output(&__bcc_map_##name, data, size, flags);                                     \
	}                                                                                                            \
	__BCC_INLINE(void *, name, ringbuf_reserve)(u64 size)                                                        \
	{                                                                                                            \
		return bpf_ringbuf_reserve(&__bcc_map_##name, size, 0);                                              \
	}                                                                                                            \
	__BCC_INLINE(void, name, ringbuf_submit)(void *data, u64 flags)                                              \
	{                                                                                                            \
		bpf_ringbuf_submit(data, flags);                                                                     \
	}                                                                                                            \
	__BCC_INLINE(void, name, ringbuf_discard)(void *data, u64 flags)                                             \
	{                                                                                                            \
		bpf_ringbuf_discard(data, flags);                                                                    \
	}                                                                                                            \
	__BCC_INLINE(u64, name, ringbuf_query)(u64 flags)                                                            \
	{                                                                                                            \
		return bpf_ringbuf_query(&__bcc_map_##name, flags);                                                  \
	}                                                                                                            \
	__BCC_INLINE(int, name, sock_map_update)(void *ctx, void *k, u64 flags)                                      \
	{                                                                                                            \
		return bpf_sock_map_update(ctx, &__bcc_map_##name, k, flags);                                        \
	}                                                                                                            \
	__BCC_INLINE(int, name, sock_hash_update)(void *ctx, void *k, u64 flags)                                     \
	{                                                                                                            \
		return bpf_sock_hash_update(ctx, &__bcc_map_##name, k, flags);                                       \
	}                                                                                                            \
	__BCC_INLINE(int, name, msg_redirect_hash)(void *message, void *k, u64 flags)                                \
	{                                                                                                            \
		return bpf_msg_redirect_hash(message, &__bcc_map_##name, k, flags);                                  \
	}                                                                                                            \
	__BCC_INLINE(int, name, sk_redirect_hash)(void *skb, void *k, u64 flags)                                     \
	{                                                                                                            \
		return bpf_sk_redirect_hash(skb, &__bcc_map_##name, k, flags);                                       \
	}                                                                                                            \
	__BCC_INLINE(__typeof__(V) *, name, sk_storage_get)(void *sk, void *v, u64 flags)                            \
	{                                                                                                            \
		return bpf_sk_storage_get(&__bcc_map_##name, sk, v, flags);                                          \
	}                                                                                                            \
	__BCC_INLINE(int, name, sk_storage_delete)(void *sk)                                                         \
	{                                                                                                            \
		return bpf_sk_storage_delete(&__bcc_map_##name, sk);                                                 \
	}                                                                                                            \
	__BCC_INLINE(__typeof__(V) *, name, inode_storage_get)(void *inode, void *v, u64 flags)                      \
	{                                                                                                            \
		return bpf_inode_storage_get(&__bcc_map_##name, inode, v, flags);                                    \
	}                                                                                                            \
	__BCC_INLINE(int, name, inode_storage_delete)(void *inode)                                                   \
	{                                                                                                            \
		return bpf_inode_storage_delete(&__bcc_map_##name, inode);                                           \
	}                                                                                                            \
	__BCC_INLINE(__typeof__(V) *, name, task_storage_get)(void *task, void *v, u64 flags)                        \
	{                                                                                                            \
		return bpf_task_storage_get(&__bcc_map_##name, task, v, flags);                                      \
	}                                                                                                            \
	__BCC_INLINE(int, name, task_storage_delete)(void *task)                                                     \
	{                                                                                                            \
		return bpf_task_storage_delete(&__bcc_map_##name, task);                                             \
	}                                                                                                            \
	__BCC_INLINE(__typeof__(V) *, name, get_local_storage)(u64 flags)                                            \
	{                                                                                                            \
		return bpf_get_local_storage(&__bcc_map_##name, flags);                                              \
	}

#define __BCC_OTHER_MEMBERS(K, V)                                                                                    \
	int (*perf_submit)(void *, void *, u32);                                                                     \
	int (*perf_submit_skb)(void *, u32, void *, u32);                                                            \
	u64 (*perf_read)(u64);                                                                                       \
	int (*perf_counter_value)(u64, void *, u32);                                                                 \
	int (*get_stackid)(void *, u64);                                                                             \
	int (*check_current_task)(int);                                                                              \
	void (*call)(void *, int);                                                                                   \
	int (*redirect_map)(int, int);                                                                               \
	int (*push)(__typeof__(V) *, u64);                                                                           \
	int (*pop)(__typeof__(V) *);                                                                                 \
	int (*peek)(__typeof__(V) *);                                                                                \
	int (*ringbuf_output)(void *, u64, u64);                                                                     \
	void *(*ringbuf_reserve)(u64);                                                                               \
	void (*ringbuf_submit)(void *, u64);                                                                         \
	void (*ringbuf_discard)(void *, u64);                                                                        \
	u64 (*ringbuf_query)(u64);                                                                                   \
	int (*sock_map_update)(void *, void *, u64);                                                                 \
	int (*sock_hash_update)(void *, void *, u64);                                                                \
	int (*msg_redirect_hash)(void *, void *, u64);                                                               \
	int (*sk_redirect_hash)(void *, void *, u64);                                                                \
	__typeof__(V) *(*sk_storage_get)(void *, void *, u64);                                                       \
	int (*sk_storage_delete)(void *);                                                                            \
	__typeof__(V) *(*inode_storage_get)(void *, void *, u64);                                                    \
	int (*inode_storage_delete)(void *);                                                                         \
	__typeof__(V) *(*task_storage_get)(void *, void *, u64);                                                     \
	int (*task_storage_delete)(void *);                                                                          \
	__typeof__(V) *(*get_local_storage)(u64);

#define __BCC_OTHER_VALUES(name)                                                                                     \
	.perf_submit = __bcc_##name##_perf_submit, .perf_submit_skb = __bcc_##name##_perf_submit_skb,                \
	.perf_read = __bcc_##name##_perf_read, .perf_counter_value = __bcc_##name##_perf_counter_value,              \
	.get_stackid = __bcc_##name##_get_stackid, .check_current_task = __bcc_##name##_check_current_task,          \
	.call = __bcc_##name##_call, .redirect_map = __bcc_##name##_redirect_map, .push = __bcc_##name##_push,       \
	.pop = __bcc_##name##_pop, .peek = __bcc_##name##_peek, .ringbuf_output = __bcc_##name##_ringbuf_output,     \
	.ringbuf_reserve = __bcc_##name##_ringbuf_reserve, .ringbuf_submit = __bcc_##name##_ringbuf_submit,          \
	.ringbuf_discard = __bcc_##name##_ringbuf_discard, .ringbuf_query = __bcc_##name##_ringbuf_query,            \
	.sock_map_update = __bcc_##name##_sock_map_update, .sock_hash_update = __bcc_##name##_sock_hash_update,      \
	.msg_redirect_hash = __bcc_##name##_msg_redirect_hash, .sk_redirect_hash = __bcc_##name##_sk_redirect_hash,  \
	.sk_storage_get = __bcc_##name##_sk_storage_get, .sk_storage_delete = __bcc_##name##_sk_storage_delete,      \
	.inode_storage_get = __bcc_##name##_inode_storage_get,                                                       \
	.inode_storage_delete = __bcc_##name##_inode_storage_delete,                                                 \
	.task_storage_get = __bcc_##name##_task_storage_get,                                                         \
	.task_storage_delete = __bcc_##name##_task_storage_delete,                                                   \
	.get_local_storage = __bcc_##name##_get_local_storage,

#define __BCC_TABLE(type_number, K, V, name, entries, flags)                                                         \
	__BCC_MAP(name, type_number, K, V, entries, flags)                                                           \
	__BCC_ENTRY_METHODS(K, V, name)                                                                              \
	__BCC_OTHER_METHODS(K, V, name)                                                                              \
	struct __bcc_table_##name {                                                                                  \
		__BCC_ENTRY_MEMBERS(K, V)                                                                            \
		__BCC_OTHER_MEMBERS(K, V)                                                                            \
	};                                                                                                           \
	__attribute__((unused)) static const struct __bcc_table_##name name = {                                      \
		__BCC_ENTRY_VALUES(name) __BCC_OTHER_VALUES(name)};

#define BPF_F_TABLE(type, key, leaf, name, entries, flags)                                                           \
	__BCC_TABLE(__BCC_MAP_TYPE(type, key), key, leaf, name, entries, flags)
#define BPF_TABLE(type, key, leaf, name, entries) BPF_F_TABLE(type, key, leaf, name, entries, 0)

#define __BCC_PICK5(_1, _2, _3, _4, _5, picked, ...) picked

#define __BCC_HASH1(name) BPF_TABLE("hash", u64, u64, name, 10240)
#define __BCC_HASH2(name, key) BPF_TABLE("hash", key, u64, name, 10240)
#define __BCC_HASH3(name, key, leaf) BPF_TABLE("hash", key, leaf, name, 10240)
#define __BCC_HASH4(name, key, leaf, size) BPF_TABLE("hash", key, leaf, name, size)
#define BPF_HASH(...) __BCC_PICK5(__VA_ARGS__, , __BCC_HASH4, __BCC_HASH3, __BCC_HASH2, __BCC_HASH1)(__VA_ARGS__)

#define __BCC_PERCPU_HASH1(name) BPF_TABLE("percpu_hash", u64, u64, name, 10240)
#define __BCC_PERCPU_HASH2(name, key) BPF_TABLE("percpu_hash", key, u64, name, 10240)
#define __BCC_PERCPU_HASH3(name, key, leaf) BPF_TABLE("percpu_hash", key, leaf, name, 10240)
#define __BCC_PERCPU_HASH4(name, key, leaf, size) BPF_TABLE("percpu_hash", key, leaf, name, size)
#define BPF_PERCPU_HASH(...)                                                                                         \
	__BCC_PICK5(__VA_ARGS__, , __BCC_PERCPU_HASH4, __BCC_PERCPU_HASH3, __BCC_PERCPU_HASH2, __BCC_PERCPU_HASH1)   \
	(__VA_ARGS__)

#define __BCC_ARRAY1(name) BPF_TABLE("array", int, u64, name, 10240)
#define __BCC_ARRAY2(name, leaf) BPF_TABLE("array", int, leaf, name, 10240)
#define __BCC_ARRAY3(name, leaf, size) BPF_TABLE("array", int, leaf, name, size)
#define BPF_ARRAY(...) __BCC_PICK5(__VA_ARGS__, , , __BCC_ARRAY3, __BCC_ARRAY2, __BCC_ARRAY1)(__VA_ARGS__)

#define __BCC_PERCPU_ARRAY1(name) BPF_TABLE("percpu_array", int, u64, name, 10240)
#define __BCC_PERCPU_ARRAY2(name, leaf) BPF_TABLE("percpu_array", int, leaf, name, 10240)
#define __BCC_PERCPU_ARRAY3(name, leaf, size) BPF_TABLE("percpu_array", int, leaf, name, size)
#define BPF_PERCPU_ARRAY(...)                                                                                        \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_PERCPU_ARRAY3, __BCC_PERCPU_ARRAY2, __BCC_PERCPU_ARRAY1)(__VA_ARGS__)

#define __BCC_HISTOGRAM1(name) BPF_TABLE("histogram", int, u64, name, 64)
#define __BCC_HISTOGRAM2(name, key) BPF_TABLE("histogram", key, u64, name, 64)
#define __BCC_HISTOGRAM3(name, key, size) BPF_TABLE("histogram", key, u64, name, size)
#define BPF_HISTOGRAM(...)                                                                                           \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_HISTOGRAM3, __BCC_HISTOGRAM2, __BCC_HISTOGRAM1)(__VA_ARGS__)

#define __BCC_LPM1(name) __BCC_TABLE(11, u64, u64, name, 10240, 1)
#define __BCC_LPM2(name, key) __BCC_TABLE(11, key, u64, name, 10240, 1)
#define __BCC_LPM3(name, key, leaf) __BCC_TABLE(11, key, leaf, name, 10240, 1)
#define __BCC_LPM4(name, key, leaf, size) __BCC_TABLE(11, key, leaf, name, size, 1) /* BPF_F_NO_PREALLOC */
#define BPF_LPM_TRIE(...) __BCC_PICK5(__VA_ARGS__, , __BCC_LPM4, __BCC_LPM3, __BCC_LPM2, __BCC_LPM1)(__VA_ARGS__)

/* A buffer each CPU: as many entries as the machine can have CPUs, which is known when the table is made. */
#define BPF_PERF_OUTPUT(name) BPF_TABLE("perf_output", int, u32, name, 0)
#define BPF_PERF_ARRAY(name, entries) BPF_TABLE("perf_array", int, u32, name, entries)

#define __BCC_KEYLESS_MAP(map_name, type_number, bytes)                                                              \
	struct {                                                                                                     \
		int (*type)[type_number];                                                                            \
		int (*max_entries)[bytes];                                                                           \
	} __bcc_map_##map_name SEC(".maps");
#define __BCC_KEYLESS_TABLE(type_number, name, bytes)                                                                \
	__BCC_KEYLESS_MAP(name, type_number, bytes)                                                                  \
	__BCC_OTHER_METHODS(int, u32, name)                                                                          \
	struct __bcc_table_##name {                                                                                  \
		__BCC_OTHER_MEMBERS(int, u32)                                                                        \
	};                                                                                                           \
	__attribute__((unused)) static const struct __bcc_table_##name name = {__BCC_OTHER_VALUES(name)};
#define BPF_RINGBUF_OUTPUT(name, pages) __BCC_KEYLESS_TABLE(27, name, (pages) * __BCC_PAGE_SIZE)

#define BPF_PROG_ARRAY(name, entries) BPF_TABLE("prog", u32, u32, name, entries)
#define BPF_CGROUP_ARRAY(name, entries) BPF_TABLE("cgroup_array", u32, u32, name, entries)
#define BPF_STACK_TRACE(name, entries) BPF_TABLE("stacktrace", int, struct bpf_stacktrace, name, entries)
#define BPF_DEVMAP(name, entries) BPF_TABLE("devmap", u32, int, name, entries)
#define BPF_CPUMAP(name, entries) BPF_TABLE("cpumap", u32, u32, name, entries)
#define BPF_XSKMAP(name, entries) BPF_TABLE("xskmap", int, int, name, entries)

#define BPF_MAX_STACK_DEPTH 127
struct bpf_stacktrace {
	u64 ip[BPF_MAX_STACK_DEPTH];
};
