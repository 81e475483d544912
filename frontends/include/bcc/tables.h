/* Tables. BPF_TABLE(…, name, …) defines a map in .maps, functions that work on it, and a constant struct
 * `name` whose members are those functions: name.lookup(&key) is plain C, and all of it folds into direct
 * helper calls. A table only has the methods of its kind: the compiler reports the line that calls another,
 * and has less to parse. */
#pragma once

#include "table_types.h"
#include "table_kinds.h"

/* What a word may carry besides the type, for the loader: "hash:/sys/fs/bpf/x", "array_of_maps$inner". */
#define __BCC_IS(word, type)                                                                                 \
	(__builtin_strncmp(word, type, sizeof(type) - 1) == 0 &&                                             \
		((word)[sizeof(type) - 1] == 0 || (word)[sizeof(type) - 1] == ':' ||                         \
			(word)[sizeof(type) - 1] == '$'))

/* The type's number for a word that BPF_TABLE() takes; 0: none */
#define __BCC_MAP_TYPE(word, key)                                                                            \
	(__BCC_IS(word, "histogram")	? __BCC_HISTOGRAM_TYPE(key)                                          \
		: __BCC_IS(word, "extern") ? __BCC_TYPE_EXTERN                                               \
					   : __BCC_TYPE_OF(word))
#define __BCC_HISTOGRAM_TYPE(key)                                                                            \
	(__builtin_types_compatible_p(__typeof__(key), int) ? __BCC_TYPE_ARRAY : __BCC_TYPE_HASH)

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

/* ---- its methods: what each walk over the kind's list takes of a row ---- */

#define __BCC_WALK_FUNCTION(t, linkage, result, method, args, ...)                                           \
	linkage result __bcc_##t##_##method args __VA_ARGS__
#define __BCC_WALK_MEMBER(t, linkage, result, method, args, ...) result(*method) args;
#define __BCC_WALK_VALUE(t, linkage, result, method, args, ...) .method = __bcc_##t##_##method,

#define __BCC_METHODS(KIND, name, entries, map_flags)                                                        \
	__BCC_KIND_##KIND(__BCC_WALK_FUNCTION, name, __bcc_map_##name, __bcc_key_##name, __bcc_leaf_##name)  \
	struct __bcc_table_##name {                                                                          \
		__bcc_key_##name key;                                                                        \
		__bcc_leaf_##name leaf;                                                                      \
		u32 max_entries;                                                                             \
		u32 flags;                                                                                   \
		__BCC_KIND_##KIND(__BCC_WALK_MEMBER, name, , __bcc_key_##name, __bcc_leaf_##name)            \
	};                                                                                                   \
	__attribute__((unused)) static const struct __bcc_table_##name name = {                              \
		.max_entries = (entries),                                                                    \
		.flags = (map_flags),                                                                        \
		__BCC_KIND_##KIND(__BCC_WALK_VALUE, name, , , )};

/* ---- both: with keys, with values only, of bytes ---- */

#define __BCC_TABLE(KIND, type_number, K, V, name, entries, flags)                                           \
	__BCC_MAP(name, type_number, K, V, entries, flags)                                                   \
	__BCC_METHODS(KIND, name, entries, flags)
#define __BCC_KEYLESS_TABLE(KIND, type_number, V, name, entries, flags)                                      \
	__BCC_KEYLESS_MAP(name, type_number, V, entries, flags)                                              \
	__BCC_METHODS(KIND, name, entries, flags)
#define __BCC_BYTES_TABLE(KIND, type_number, name, bytes)                                                    \
	__BCC_BYTES_MAP(name, type_number, bytes)                                                            \
	__BCC_METHODS(KIND, name, bytes, 0)

/* For the loader (libbcc/object/map_attributes.h): what the word carries, and who else may use the table. */
#define __BCC_WORD(word, name) static const char __bcc_word_##name[] SEC(".bcc.words") = word;
#define __BCC_SCOPE(scope, name) static const char __bcc_scope_##name[] SEC(".bcc.words") = scope;

/* Optional arguments: the last macro but for as many as there are arguments */
#define __BCC_PICK5(_1, _2, _3, _4, _5, picked, ...) picked
#define __BCC_PICK7(_1, _2, _3, _4, _5, _6, _7, picked, ...) picked

/* ---- tables whose type a word says; the declarations of one type each are in table_kinds.h ---- */

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

#define __BCC_PINNED6(type, key, leaf, name, entries, path) BPF_TABLE(type ":" path, key, leaf, name, entries)
#define __BCC_PINNED7(type, key, leaf, name, entries, path, flags)                                           \
	BPF_F_TABLE(type ":" path, key, leaf, name, entries, flags)
#define BPF_TABLE_PINNED(...) __BCC_PICK7(__VA_ARGS__, __BCC_PINNED7, __BCC_PINNED6)(__VA_ARGS__)
