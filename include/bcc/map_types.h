/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's map types, one row each: the only list of them. The library makes and walks tables by it
 * (libbcc/kernel/map_type.h), the C++ classes check their tables with it (BPFTableBase.h), and
 * frontends/table_types.py makes of it the numbers and the words of program texts.
 *
 * A new map type takes three files: its row here; how texts declare it and with which methods, in
 * frontends/include/bcc/table_kinds.h; its section in docs/language.md, whose examples the test
 * kernel_language_page compiles and loads.
 */
#ifndef BCC_MAP_TYPES_H
#define BCC_MAP_TYPES_H

/* How a map's entries come and go, and so how user space lists, takes and deletes them */
enum bcc_map_shape {
	/* entries come and go, one by one only; also what is assumed of types that are not in the list */
	BCC_SHAPE_KEYED,
	/* entries come and go; the kernel has batches */
	BCC_SHAPE_HASH,
	/* elements are always there, zero or not */
	BCC_SHAPE_ARRAY,
	/* an array of descriptors; a slot can be empty */
	BCC_SHAPE_SLOTS,
	/* no keys */
	BCC_SHAPE_QUEUE,
	/* entries cannot be listed: buffers, storage of sockets and tasks */
	BCC_SHAPE_OPAQUE,
};

/* What else a row can say */
enum bcc_map_traits {
	/* an entry has a value for each possible CPU */
	BCC_MAP_PERCPU = 1 << 0,
	/* the kernel takes no types of keys and values */
	BCC_MAP_NO_BTF = 1 << 1,
	/* the key's size is 0 */
	BCC_MAP_KEYLESS = 1 << 2,
	/* neither keys nor values: max_entries counts bytes, and is a power of two of at least a page */
	BCC_MAP_BYTES = 1 << 3,
	/* keys and values are u32 where the text gives no size */
	BCC_MAP_KEY_U32 = 1 << 4,
	BCC_MAP_VALUE_U32 = 1 << 5,
	/* an entry for each possible CPU where the text gives no number */
	BCC_MAP_ENTRY_A_CPU = 1 << 6,
	/* the kernel insists on BPF_F_NO_PREALLOC */
	BCC_MAP_NO_PREALLOC = 1 << 7,
	/* an entry for each socket, file, process or control group: max_entries is 0 */
	BCC_MAP_ENTRY_AN_OWNER = 1 << 8,
	/* values are maps, all like one that is given when the map is made */
	BCC_MAP_OF_MAPS = 1 << 9,
};

/*
 * X(NAME, NUMBER, WORDS, SHAPE, TRAITS), each on a line of its own:
 *   NAME    BPF_MAP_TYPE_NAME of linux/bpf.h
 *   NUMBER  its value there; written out because a build may have an older linux/bpf.h
 *   WORDS   what BPF_TABLE() calls it, separated by spaces; "": it does not know the type
 *   SHAPE   an enum bcc_map_shape without its prefix
 *   TRAITS  values of enum bcc_map_traits, or-ed
 */
#define BCC_MAP_TYPES(X)                                                                                     \
	X(HASH, 1, "hash", HASH, 0)                                                                          \
	X(ARRAY, 2, "array", ARRAY, 0)                                                                       \
	X(PROG_ARRAY, 3, "prog", SLOTS, BCC_MAP_NO_BTF | BCC_MAP_KEY_U32 | BCC_MAP_VALUE_U32)                \
	X(PERF_EVENT_ARRAY, 4, "perf_output perf_array", SLOTS,                                              \
		BCC_MAP_NO_BTF | BCC_MAP_KEY_U32 | BCC_MAP_VALUE_U32 | BCC_MAP_ENTRY_A_CPU)                  \
	X(PERCPU_HASH, 5, "percpu_hash", HASH, BCC_MAP_PERCPU)                                               \
	X(PERCPU_ARRAY, 6, "percpu_array", ARRAY, BCC_MAP_PERCPU)                                            \
	X(STACK_TRACE, 7, "stacktrace", KEYED, BCC_MAP_NO_BTF)                                               \
	X(CGROUP_ARRAY, 8, "cgroup_array", SLOTS, BCC_MAP_NO_BTF | BCC_MAP_KEY_U32 | BCC_MAP_VALUE_U32)      \
	X(LRU_HASH, 9, "lru_hash", HASH, 0)                                                                  \
	X(LRU_PERCPU_HASH, 10, "lru_percpu_hash", HASH, BCC_MAP_PERCPU)                                      \
	X(LPM_TRIE, 11, "lpm_trie", KEYED, BCC_MAP_NO_PREALLOC)                                              \
	X(ARRAY_OF_MAPS, 12, "array_of_maps", SLOTS,                                                         \
		BCC_MAP_NO_BTF | BCC_MAP_KEY_U32 | BCC_MAP_VALUE_U32 | BCC_MAP_OF_MAPS)                      \
	X(HASH_OF_MAPS, 13, "hash_of_maps", KEYED, BCC_MAP_NO_BTF | BCC_MAP_VALUE_U32 | BCC_MAP_OF_MAPS)     \
	X(DEVMAP, 14, "devmap", SLOTS, BCC_MAP_NO_BTF)                                                       \
	X(SOCKMAP, 15, "sockmap", SLOTS, BCC_MAP_NO_BTF)                                                     \
	X(CPUMAP, 16, "cpumap", SLOTS, BCC_MAP_NO_BTF)                                                       \
	X(XSKMAP, 17, "xskmap", SLOTS, BCC_MAP_NO_BTF)                                                       \
	X(SOCKHASH, 18, "sockhash", KEYED, BCC_MAP_NO_BTF)                                                   \
	X(CGROUP_STORAGE, 19, "cgroup_storage", KEYED, BCC_MAP_ENTRY_AN_OWNER)                               \
	X(REUSEPORT_SOCKARRAY, 20, "reuseport_sockarray", SLOTS, BCC_MAP_NO_BTF)                             \
	X(PERCPU_CGROUP_STORAGE, 21, "percpu_cgroup_storage", KEYED,                                         \
		BCC_MAP_PERCPU | BCC_MAP_ENTRY_AN_OWNER)                                                     \
	X(QUEUE, 22, "queue", QUEUE, BCC_MAP_NO_BTF | BCC_MAP_KEYLESS)                                       \
	X(STACK, 23, "stack", QUEUE, BCC_MAP_NO_BTF | BCC_MAP_KEYLESS)                                       \
	X(SK_STORAGE, 24, "sk_storage", OPAQUE, BCC_MAP_NO_PREALLOC | BCC_MAP_ENTRY_AN_OWNER)                \
	X(DEVMAP_HASH, 25, "devmap_hash", KEYED, BCC_MAP_NO_BTF)                                             \
	X(STRUCT_OPS, 26, "", OPAQUE, 0)                                                                     \
	X(RINGBUF, 27, "ringbuf", OPAQUE, BCC_MAP_NO_BTF | BCC_MAP_BYTES)                                    \
	X(INODE_STORAGE, 28, "inode_storage", OPAQUE, BCC_MAP_NO_PREALLOC | BCC_MAP_ENTRY_AN_OWNER)          \
	X(TASK_STORAGE, 29, "task_storage", OPAQUE, BCC_MAP_NO_PREALLOC | BCC_MAP_ENTRY_AN_OWNER)            \
	X(BLOOM_FILTER, 30, "bloom_filter", OPAQUE, BCC_MAP_NO_BTF | BCC_MAP_KEYLESS)                        \
	X(USER_RINGBUF, 31, "user_ringbuf", OPAQUE, BCC_MAP_NO_BTF | BCC_MAP_BYTES)                          \
	X(CGRP_STORAGE, 32, "", OPAQUE, BCC_MAP_NO_PREALLOC | BCC_MAP_ENTRY_AN_OWNER)

/* A table that another text of the process defines (the word "extern"); the kernel never sees this number. */
#define BCC_MAP_TYPE_EXTERN 0xffff

#endif
