/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of this folder: how kinds of tables differ, and walks over their entries. */
#ifndef LIBBCC_TABLE_TABLE_H
#define LIBBCC_TABLE_TABLE_H

#include "libbcc/handle.h"
#include "libbcc/kernel/map_type.h"

static inline enum bcc_map_shape bcc_table_shape(const struct bcc_table *t)
{
	return bcc_map_type(t->type).shape;
}

/* Records the error message for what the bpf() system call returned, and returns the errno for the caller.
 * `doing` is a verb form such as "reading", "setting". */
int bcc_table_fail(struct bcc_table *t, int error, const char *doing);

/* Whether the kernel does not have the operation for this type of table (its errno for that has changed over
 * time), so that another way should be tried. */
bool bcc_table_unsupported(int error);

/* Returns 0, or -EINVAL with an error message if the caller's buffer does not have `expected` bytes (`what`:
 * "key", "value"). */
int bcc_table_check_size(
	struct bcc_table *t, const char *what, const void *buffer, size_t size, size_t expected);

/*
 * Calls `fn` with packed arrays of keys and values, `count` entries at a time, until it returns non-zero, and
 * returns that. Every entry that stays in the table during the walk is passed exactly once. The walk ends
 * even if programs add and delete entries all the time.
 */
typedef int (*bcc_table_chunk_fn)(void *ctx, const void *keys, const void *values, uint32_t count);
int bcc_table_walk(struct bcc_table *t, bcc_table_chunk_fn fn, void *ctx);

/* All keys of a table, each once; the caller frees them. */
int bcc_table_keys(struct bcc_table *t, void **keys, uint32_t *count);

/* Deletes the keys up to the first that does not exist; `*count` is set to their number. Returns the kernel's
 * errno, without a message. */
int bcc_table_delete_keys(struct bcc_table *t, const void *keys, uint32_t *count);

/* Reads and deletes one entry, atomically where the kernel supports it (5.14). */
int bcc_table_pop_entry(struct bcc_table *t, const void *key, void *value);

/* Frees what queries for a table's types have stored in it. */
void bcc_table_types_free(struct bcc_table *t);

#endif
