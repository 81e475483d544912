/* Tables. BPF_TABLE(…, name, …) defines a map in .maps, functions that work on it, and a constant struct
 * `name` whose members are those functions: name.lookup(&key) is plain C, and all of it folds into direct
 * helper calls. A table only has the methods of its kind: the compiler reports the line that calls another,
 * and has less to parse. */
#pragma once

#include "table_methods.h"

/* What a word may carry besides the type, for the loader: "hash:/sys/fs/bpf/x", "array_of_maps$inner". */
#define __BCC_IS(word, type)                                                                                 \
	(__builtin_strncmp(word, type, sizeof(type) - 1) == 0 &&                                             \
		((word)[sizeof(type) - 1] == 0 || (word)[sizeof(type) - 1] == ':' ||                         \
			(word)[sizeof(type) - 1] == '$'))

/* Numbers of enum bpf_map_type (linux/bpf.h) for the words that BPF_TABLE takes; 0: none */
#define __BCC_MAP_TYPE(word, key)                                                                              \
	(__BCC_IS(word, "hash")			? 1                                                            \
		: __BCC_IS(word, "array")	? 2                                                            \
		: __BCC_IS(word, "histogram")	? (__builtin_types_compatible_p(__typeof__(key), int) ? 2 : 1) \
		: __BCC_IS(word, "prog")	? 3                                                            \
		: __BCC_IS(word, "perf_output") ? 4                                                            \
		: __BCC_IS(word, "perf_array")	? 4                                                            \
		: __BCC_IS(word, "percpu_hash") ? 5                                                            \
		: __BCC_IS(word, "percpu_array")	  ? 6                                                  \
		: __BCC_IS(word, "stacktrace")		  ? 7                                                  \
		: __BCC_IS(word, "cgroup_array")	  ? 8                                                  \
		: __BCC_IS(word, "lru_hash")		  ? 9                                                  \
		: __BCC_IS(word, "lru_percpu_hash")	  ? 10                                                 \
		: __BCC_IS(word, "lpm_trie")		  ? 11                                                 \
		: __BCC_IS(word, "array_of_maps")	  ? 12                                                 \
		: __BCC_IS(word, "hash_of_maps")	  ? 13                                                 \
		: __BCC_IS(word, "devmap")		  ? 14                                                 \
		: __BCC_IS(word, "sockmap")		  ? 15                                                 \
		: __BCC_IS(word, "cpumap")		  ? 16                                                 \
		: __BCC_IS(word, "xskmap")		  ? 17                                                 \
		: __BCC_IS(word, "sockhash")		  ? 18                                                 \
		: __BCC_IS(word, "cgroup_storage")	  ? 19                                                 \
		: __BCC_IS(word, "reuseport_sockarray")	  ? 20                                                 \
		: __BCC_IS(word, "percpu_cgroup_storage") ? 21                                                 \
		: __BCC_IS(word, "queue")		  ? 22                                                 \
		: __BCC_IS(word, "stack")		  ? 23                                                 \
		: __BCC_IS(word, "sk_storage")		  ? 24                                                 \
		: __BCC_IS(word, "devmap_hash")		  ? 25                                                 \
		: __BCC_IS(word, "ringbuf")		  ? 27                                                 \
		: __BCC_IS(word, "inode_storage")	  ? 28                                                 \
		: __BCC_IS(word, "task_storage")	  ? 29                                                 \
		: __BCC_IS(word, "bloom_filter")	  ? 30                                                 \
		: __BCC_IS(word, "user_ringbuf")	  ? 31                                                 \
		: __BCC_IS(word, "extern") ? 0xffff /* as in libbcc/object/map_attributes.h */              \
					   : 0)

#define __BCC_STACK_BUILD_ID 32 /* BPF_F_STACK_BUILD_ID */

/* ---- the map; each type is named once, because it may be an unnamed one ---- */

#define __BCC_MAP(map_name, type_number, K, V, entries, flags)                                               \
	struct {                                                                                             \
		int (*type)[type_number];                                                                    \
		__typeof__(K) *key;                                                                          \
		__typeof__(V) *value;                                                                        \
		int (*max_entries)[entries];                                                                 \
		int (*map_flags)[flags];                                                                     \
	} __bcc_map_##map_name SEC(".maps");                                                                 \
	typedef __typeof__(*__bcc_map_##map_name.key) __bcc_key_##map_name;                                  \
	typedef __typeof__(*__bcc_map_##map_name.value) __bcc_leaf_##map_name;

/* Queues, stacks and filters: values only */
#define __BCC_KEYLESS_MAP(map_name, type_number, V, entries, flags)                                          \
	struct {                                                                                             \
		int (*type)[type_number];                                                                    \
		__typeof__(V) *value;                                                                        \
		int (*max_entries)[entries];                                                                 \
		int (*map_flags)[flags];                                                                     \
	} __bcc_map_##map_name SEC(".maps");                                                                 \
	typedef int __bcc_key_##map_name;                                                                    \
	typedef __typeof__(*__bcc_map_##map_name.value) __bcc_leaf_##map_name;

/* Ring buffers: bytes */
#define __BCC_BYTES_MAP(map_name, type_number, bytes)                                                        \
	struct {                                                                                             \
		int (*type)[type_number];                                                                    \
		int (*max_entries)[bytes];                                                                   \
	} __bcc_map_##map_name SEC(".maps");                                                                 \
	typedef int __bcc_key_##map_name;                                                                    \
	typedef int __bcc_leaf_##map_name;

/* ---- the struct of its methods ---- */

#define __BCC_STRUCT(name, entries, map_flags, members, values)                                              \
	struct __bcc_table_##name {                                                                          \
		__bcc_key_##name key;                                                                        \
		__bcc_leaf_##name leaf;                                                                      \
		u32 max_entries;                                                                             \
		u32 flags;                                                                                   \
		members                                                                                      \
	};                                                                                                   \
	__attribute__((unused)) static const struct __bcc_table_##name name = {                              \
		.max_entries = (entries), .flags = (map_flags), values};

/* ---- what a text writes ---- */

#define __BCC_KIND(KIND, name, entries, flags)                                                               \
	__BCC_##KIND##_METHODS(name) __BCC_STRUCT(                                                           \
		name, entries, flags, __BCC_##KIND##_MEMBERS(name), __BCC_##KIND##_VALUES(name))

#define __BCC_TABLE(KIND, type_number, K, V, name, entries, flags)                                           \
	__BCC_MAP(name, type_number, K, V, entries, flags)                                                   \
	__BCC_KIND(KIND, name, entries, flags)

/* For the loader (libbcc/object/map_attributes.h): what the word carries, and who else may use the table. */
#define __BCC_WORD(word, name) static const char __bcc_word_##name[] SEC(".bcc.words") = word;
#define __BCC_SCOPE(scope, name) static const char __bcc_scope_##name[] SEC(".bcc.words") = scope;

/* The word decides the type, so such a table has the methods of every type that a word can select. */
#define __BCC_WORD_METHODS(name)                                                                             \
	__BCC_ENTRY_METHODS(name)                                                                            \
	__BCC_STACKS_METHODS(name)                                                                           \
	__BCC_PROGRAMS_METHODS(name)                                                                         \
	__BCC_CGROUPS_METHODS(name)                                                                          \
	__BCC_INLINE(int, name, redirect_map)(int index, int flags)                                          \
	{                                                                                                    \
		return bpf_redirect_map(&__bcc_map_##name, index, flags);                                    \
	}                                                                                                    \
	__BCC_SK_STORAGE_METHODS(name)                                                                       \
	__BCC_INODE_STORAGE_METHODS(name)                                                                    \
	__BCC_TASK_STORAGE_METHODS(name)

#define __BCC_WORD_MEMBERS(name)                                                                             \
	__BCC_ENTRY_MEMBERS(name)                                                                            \
	__BCC_STACKS_MEMBERS(name)                                                                           \
	__BCC_PROGRAMS_MEMBERS(name)                                                                         \
	__BCC_CGROUPS_MEMBERS(name)                                                                          \
	int (*redirect_map)(int, int);                                                                       \
	__BCC_SK_STORAGE_MEMBERS(name)                                                                       \
	__BCC_INODE_STORAGE_MEMBERS(name)                                                                    \
	__BCC_TASK_STORAGE_MEMBERS(name)

#define __BCC_WORD_VALUES(name)                                                                              \
	__BCC_ENTRY_VALUES(name)                                                                             \
	__BCC_STACKS_VALUES(name)                                                                            \
	__BCC_PROGRAMS_VALUES(name)                                                                          \
	__BCC_CGROUPS_VALUES(name)                                                                           \
	__BCC_SET(name, redirect_map),                                                                       \
	__BCC_SK_STORAGE_VALUES(name)                                                                        \
	__BCC_INODE_STORAGE_VALUES(name)                                                                     \
	__BCC_TASK_STORAGE_VALUES(name)

/* The word's type; a wrong word causes a single error that shows it. */
#define __BCC_WORD_TYPE(word, key, name)                                                                     \
	enum { __bcc_type_##name = __BCC_MAP_TYPE(word, key) };                                              \
	_Static_assert(__bcc_type_##name != 0, "unknown table type \"" word "\"");

#define BPF_F_TABLE(type, key, leaf, name, entries, flags)                                                   \
	__BCC_WORD_TYPE(type, key, name)                                                                     \
	__BCC_WORD(type, name)                                                                               \
	__BCC_TABLE(WORD, __bcc_type_##name, key, leaf, name, entries, flags)
#define BPF_TABLE(type, key, leaf, name, entries) BPF_F_TABLE(type, key, leaf, name, entries, 0)

/* Later texts of this process can use it: BPF_TABLE("extern", key, leaf, name, …). */
#define BPF_TABLE_PUBLIC(type, key, leaf, name, entries)                                                     \
	BPF_TABLE(type, key, leaf, name, entries)                                                            \
	__BCC_SCOPE("public", name)
/* All texts of this process that define it share one table. */
#define BPF_TABLE_SHARED(type, key, leaf, name, entries)                                                     \
	BPF_TABLE(type, key, leaf, name, entries)                                                            \
	__BCC_SCOPE("shared", name)

#define __BCC_PICK5(_1, _2, _3, _4, _5, picked, ...) picked
#define __BCC_PICK7(_1, _2, _3, _4, _5, _6, _7, picked, ...) picked

#define __BCC_PINNED6(type, key, leaf, name, entries, path) BPF_TABLE(type ":" path, key, leaf, name, entries)
#define __BCC_PINNED7(type, key, leaf, name, entries, path, flags)                                           \
	BPF_F_TABLE(type ":" path, key, leaf, name, entries, flags)
#define BPF_TABLE_PINNED(...) __BCC_PICK7(__VA_ARGS__, __BCC_PINNED7, __BCC_PINNED6)(__VA_ARGS__)

#define __BCC_HASH1(name) __BCC_TABLE(ENTRY, 1, u64, u64, name, 10240, 0)
#define __BCC_HASH2(name, key) __BCC_TABLE(ENTRY, 1, key, u64, name, 10240, 0)
#define __BCC_HASH3(name, key, leaf) __BCC_TABLE(ENTRY, 1, key, leaf, name, 10240, 0)
#define __BCC_HASH4(name, key, leaf, size) __BCC_TABLE(ENTRY, 1, key, leaf, name, size, 0)
#define BPF_HASH(...)                                                                                        \
	__BCC_PICK5(__VA_ARGS__, , __BCC_HASH4, __BCC_HASH3, __BCC_HASH2, __BCC_HASH1)(__VA_ARGS__)

#define __BCC_PERCPU_HASH1(name) __BCC_TABLE(ENTRY, 5, u64, u64, name, 10240, 0)
#define __BCC_PERCPU_HASH2(name, key) __BCC_TABLE(ENTRY, 5, key, u64, name, 10240, 0)
#define __BCC_PERCPU_HASH3(name, key, leaf) __BCC_TABLE(ENTRY, 5, key, leaf, name, 10240, 0)
#define __BCC_PERCPU_HASH4(name, key, leaf, size) __BCC_TABLE(ENTRY, 5, key, leaf, name, size, 0)
#define BPF_PERCPU_HASH(...)                                                                                 \
	__BCC_PICK5(__VA_ARGS__, , __BCC_PERCPU_HASH4, __BCC_PERCPU_HASH3, __BCC_PERCPU_HASH2,               \
		__BCC_PERCPU_HASH1)                                                                          \
	(__VA_ARGS__)

#define __BCC_ARRAY1(name) __BCC_TABLE(ENTRY, 2, int, u64, name, 10240, 0)
#define __BCC_ARRAY2(name, leaf) __BCC_TABLE(ENTRY, 2, int, leaf, name, 10240, 0)
#define __BCC_ARRAY3(name, leaf, size) __BCC_TABLE(ENTRY, 2, int, leaf, name, size, 0)
#define BPF_ARRAY(...) __BCC_PICK5(__VA_ARGS__, , , __BCC_ARRAY3, __BCC_ARRAY2, __BCC_ARRAY1)(__VA_ARGS__)

#define __BCC_PERCPU_ARRAY1(name) __BCC_TABLE(ENTRY, 6, int, u64, name, 10240, 0)
#define __BCC_PERCPU_ARRAY2(name, leaf) __BCC_TABLE(ENTRY, 6, int, leaf, name, 10240, 0)
#define __BCC_PERCPU_ARRAY3(name, leaf, size) __BCC_TABLE(ENTRY, 6, int, leaf, name, size, 0)
#define BPF_PERCPU_ARRAY(...)                                                                                \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_PERCPU_ARRAY3, __BCC_PERCPU_ARRAY2, __BCC_PERCPU_ARRAY1)(         \
		__VA_ARGS__)

#define __BCC_HISTOGRAM1(name) __BCC_TABLE(ENTRY, 2, int, u64, name, 64, 0)
#define __BCC_HISTOGRAM2(name, key) __BCC_HISTOGRAM3(name, key, 64)
#define __BCC_HISTOGRAM3(name, key, size)                                                                    \
	__BCC_TABLE(ENTRY, __BCC_MAP_TYPE("histogram", key), key, u64, name, size, 0)
#define BPF_HISTOGRAM(...)                                                                                   \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_HISTOGRAM3, __BCC_HISTOGRAM2, __BCC_HISTOGRAM1)(__VA_ARGS__)

#define __BCC_LPM1(name) __BCC_LPM4(name, u64, u64, 10240)
#define __BCC_LPM2(name, key) __BCC_LPM4(name, key, u64, 10240)
#define __BCC_LPM3(name, key, leaf) __BCC_LPM4(name, key, leaf, 10240)
#define __BCC_LPM4(name, key, leaf, size) __BCC_TABLE(ENTRY, 11, key, leaf, name, size, __BCC_NO_PREALLOC)
#define BPF_LPM_TRIE(...)                                                                                    \
	__BCC_PICK5(__VA_ARGS__, , __BCC_LPM4, __BCC_LPM3, __BCC_LPM2, __BCC_LPM1)(__VA_ARGS__)

/* A buffer for each CPU: as many entries as the machine can have CPUs, which is known when the table is
 * created. */
#define BPF_PERF_OUTPUT(name) __BCC_TABLE(PERF_OUTPUT, 4, int, u32, name, 0, 0)
#define BPF_PERF_ARRAY(name, entries) __BCC_TABLE(PERF_ARRAY, 4, int, u32, name, entries, 0)

#define BPF_RINGBUF_OUTPUT(name, pages)                                                                      \
	__BCC_BYTES_MAP(name, 27, (pages) * __BCC_PAGE_SIZE)                                                 \
	__BCC_KIND(RING, name, (pages) * __BCC_PAGE_SIZE, 0)
/* Filled by user space (libbpf's user_ring_buffer); drain() calls back for each record. */
#define BPF_USER_RINGBUF(name, pages)                                                                        \
	__BCC_BYTES_MAP(name, 31, (pages) * __BCC_PAGE_SIZE)                                                 \
	__BCC_KIND(USER_RING, name, (pages) * __BCC_PAGE_SIZE, 0)

/* "queue" or "stack" */
#define BPF_QUEUESTACK(type, name, leaf, entries, flags)                                                     \
	__BCC_WORD_TYPE(type, int, name)                                                                     \
	_Static_assert(__bcc_type_##name == 0 || __bcc_type_##name == 22 || __bcc_type_##name == 23 ||       \
			       __bcc_type_##name == 0xffff,                                                  \
		"neither \"queue\" nor \"stack\": \"" type "\"");                                       \
	__BCC_WORD(type, name)                                                                               \
	__BCC_KEYLESS_MAP(name, __bcc_type_##name, leaf, entries, flags)                                     \
	__BCC_KIND(QUEUE, name, entries, flags)
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
#define BPF_BLOOM_FILTER(name, leaf, entries)                                                                \
	__BCC_KEYLESS_MAP(name, 30, leaf, entries, 0)                                                        \
	__BCC_KIND(BLOOM, name, entries, 0)

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
#define BPF_STACK_TRACE(name, entries) __BCC_TABLE(STACKS, 7, int, struct bpf_stacktrace, name, entries, 0)
#define BPF_STACK_TRACE_BUILDID(name, entries)                                                               \
	__BCC_TABLE(STACKS, 7, int, struct bpf_stacktrace_buildid, name, entries, __BCC_STACK_BUILD_ID)

#define BPF_PROG_ARRAY(name, entries) __BCC_TABLE(PROGRAMS, 3, u32, u32, name, entries, 0)
#define BPF_CGROUP_ARRAY(name, entries) __BCC_TABLE(CGROUPS, 8, u32, u32, name, entries, 0)

#define BPF_DEVMAP(name, entries) __BCC_TABLE(REDIRECT, 14, u32, int, name, entries, 0)
#define BPF_DEVMAP_HASH(name, entries) __BCC_TABLE(REDIRECT, 25, u32, int, name, entries, 0)
#define BPF_CPUMAP(name, entries) __BCC_TABLE(REDIRECT, 16, u32, u32, name, entries, 0)
#define __BCC_XSKMAP2(name, entries) __BCC_TABLE(REDIRECT, 17, int, int, name, entries, 0)
#define __BCC_XSKMAP3(name, entries, path) __BCC_XSKMAP2(name, entries) __BCC_WORD("xskmap:" path, name)
#define BPF_XSKMAP(...) __BCC_PICK5(__VA_ARGS__, , , __BCC_XSKMAP3, __BCC_XSKMAP2, )(__VA_ARGS__)

#define BPF_ARRAY_OF_MAPS(name, inner, entries) BPF_TABLE("array_of_maps$" inner, int, int, name, entries)
#define __BCC_HASH_OF_MAPS2(name, inner) BPF_TABLE("hash_of_maps$" inner, int, int, name, 10240)
#define __BCC_HASH_OF_MAPS3(name, key, inner) BPF_TABLE("hash_of_maps$" inner, key, int, name, 10240)
#define __BCC_HASH_OF_MAPS4(name, key, inner, size) BPF_TABLE("hash_of_maps$" inner, key, int, name, size)
#define BPF_HASH_OF_MAPS(...)                                                                                \
	__BCC_PICK5(__VA_ARGS__, , __BCC_HASH_OF_MAPS4, __BCC_HASH_OF_MAPS3, __BCC_HASH_OF_MAPS2, )(         \
		__VA_ARGS__)

#define BPF_SOCKMAP(name, entries) __BCC_TABLE(SOCKMAP, 15, u32, int, name, entries, 0)
#define __BCC_SOCKHASH1(name) __BCC_SOCKHASH3(name, u32, 10240)
#define __BCC_SOCKHASH2(name, key) __BCC_SOCKHASH3(name, key, 10240)
#define __BCC_SOCKHASH3(name, key, entries) __BCC_TABLE(SOCKHASH, 18, key, int, name, entries, 0)
#define BPF_SOCKHASH(...)                                                                                    \
	__BCC_PICK5(__VA_ARGS__, , , __BCC_SOCKHASH3, __BCC_SOCKHASH2, __BCC_SOCKHASH1)(__VA_ARGS__)
#define BPF_REUSEPORT_ARRAY(name, entries) __BCC_TABLE(REUSEPORT, 20, u32, u64, name, entries, 0)

#define BPF_SK_STORAGE(name, leaf) __BCC_TABLE(SK_STORAGE, 24, int, leaf, name, 0, __BCC_NO_PREALLOC)
#define BPF_INODE_STORAGE(name, leaf) __BCC_TABLE(INODE_STORAGE, 28, int, leaf, name, 0, __BCC_NO_PREALLOC)
#define BPF_TASK_STORAGE(name, leaf) __BCC_TABLE(TASK_STORAGE, 29, int, leaf, name, 0, __BCC_NO_PREALLOC)
/* Same as struct bpf_cgroup_storage_key of linux/bpf.h */
struct __bcc_cgroup_storage_key {
	u64 cgroup_inode_id;
	u32 attach_type;
};
#define BPF_CGROUP_STORAGE(name, leaf)                                                                       \
	__BCC_TABLE(CGROUP_STORAGE, 19, struct __bcc_cgroup_storage_key, leaf, name, 0, 0)
#define BPF_PERCPU_CGROUP_STORAGE(name, leaf)                                                                \
	__BCC_TABLE(CGROUP_STORAGE, 21, struct __bcc_cgroup_storage_key, leaf, name, 0, 0)
