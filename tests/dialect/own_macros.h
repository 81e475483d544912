/* SPDX-License-Identifier: Apache-2.0 */
/* Macros of a program's own that have names of BCC's. */
#define OWN_TABLE(table, kind, key_type, value_type, count)                                                  \
	struct {                                                                                             \
		__uint(type, kind);                                                                          \
		__uint(max_entries, count);                                                                  \
		__type(key, key_type);                                                                       \
		__type(value, value_type);                                                                   \
	} table SEC(".maps");
#define BPF_HASH(table, key_type, value_type, count)                                                         \
	OWN_TABLE(table, BPF_MAP_TYPE_HASH, key_type, value_type, count)
