/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: how kinds of tables differ, and walks over their entries. */
#ifndef LIBBCC_TABLE_TABLE_H
#define LIBBCC_TABLE_TABLE_H

#include "libbcc/handle.h"

enum bcc_table_shape {
	BCC_SHAPE_HASH,	  /* entries come and go; the kernel has batches */
	BCC_SHAPE_KEYED,  /* entries come and go, one by one only */
	BCC_SHAPE_ARRAY,  /* elements are always there, zero or not */
	BCC_SHAPE_SLOTS,  /* an array of descriptors; a slot can be empty */
	BCC_SHAPE_QUEUE,  /* no keys */
	BCC_SHAPE_OPAQUE, /* entries cannot be listed: buffers, storage of sockets and tasks */
};
enum bcc_table_shape bcc_table_shape(const struct bcc_table *t);

/* The errno that a call on tables returns for what the bpf() system call returned, with its sentence
 * recorded. `doing` is as "reading", "setting". */
int bcc_table_fail(struct bcc_table *t, int error, const char *doing);

/* The kernel has no such operation for this type of table (whose way to say so changed), so another way is to
 * be tried. */
bool bcc_table_unsupported(int error);

/* 0, or -EINVAL with a sentence when the caller's buffer is not `expected` bytes (`what`: "key", "value"). */
int bcc_table_check_size(
	struct bcc_table *t, const char *what, const void *buffer, size_t size, size_t expected);

/*
 * Calls `fn` with packed arrays of keys and values, `count` entries at a time, until it returns other than 0,
 * which is then returned. Every entry that stays in the table during the walk is passed exactly once. It ends
 * even when programs add and delete all the time.
 */
typedef int (*bcc_table_chunk_fn)(void *ctx, const void *keys, const void *values, uint32_t count);
int bcc_table_walk(struct bcc_table *t, bcc_table_chunk_fn fn, void *ctx);

/* All keys of a table, each once, to be freed. */
int bcc_table_keys(struct bcc_table *t, void **keys, uint32_t *count);

/* Deletes the keys up to the first that is not there; `*count` says how many. The kernel's errno, without a
 * sentence. */
int bcc_table_delete_keys(struct bcc_table *t, const void *keys, uint32_t *count);

/* Reads and deletes one entry, in one step where the kernel can (5.14). */
int bcc_table_pop_entry(struct bcc_table *t, const void *key, void *value);

/* Frees what asking for a table's types left in it. */
void bcc_table_types_free(struct bcc_table *t);

#endif
