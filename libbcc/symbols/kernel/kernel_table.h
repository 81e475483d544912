/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's symbols by address and by name. */
#ifndef LIBBCC_SYMBOLS_KERNEL_KERNEL_TABLE_H
#define LIBBCC_SYMBOLS_KERNEL_KERNEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* 16 bytes each: the kernel has 120,000 */
struct bcc_kernel_entry {
	uint64_t address;
	uint32_t name; /* offset in the names */
	uint16_t module;
	char type; /* as nm(1) prints it */
};

struct bcc_kernel_table {
	/* by address; those of one address in the order of the kernel's list */
	struct bcc_kernel_entry *entries;
	size_t count, room;
	char *names;
	size_t names_used, names_size;
	uint32_t *modules; /* their names; the first is "", the kernel itself */
	size_t module_count;
	uint32_t *by_name; /* hash table of entry indexes + 1, made at the first search */
	size_t buckets;
	bool hidden; /* the kernel reports 0 for every address */
};

/* Returns -ENOENT if there are no symbols. Hidden addresses are not an error here; see
 * bcc_kernel_table_visible(). */
int bcc_kernel_table_load(struct bcc_err *err, struct bcc_kernel_table *table);
void bcc_kernel_table_free(struct bcc_kernel_table *table);
/* Returns -EPERM with an error message if addresses are hidden. */
int bcc_kernel_table_visible(struct bcc_err *err, const struct bcc_kernel_table *table);

/* The symbol that contains `address`, or NULL. `code`: only functions count. */
const struct bcc_kernel_entry *bcc_kernel_table_at(
	const struct bcc_kernel_table *table, uint64_t address, bool code);
/* The next symbol after `entry` that has another address, or NULL. */
const struct bcc_kernel_entry *bcc_kernel_table_next(
	const struct bcc_kernel_table *table, const struct bcc_kernel_entry *entry);
/* The symbol of that name; functions are preferred. `module`: NULL for any, "" for the kernel itself. Returns
 * NULL if there is none, or when out of memory. */
const struct bcc_kernel_entry *bcc_kernel_table_find(
	struct bcc_kernel_table *table, const char *module, const char *name);

static inline const char *bcc_kernel_entry_name(
	const struct bcc_kernel_table *table, const struct bcc_kernel_entry *entry)
{
	return table->names + entry->name;
}

static inline const char *bcc_kernel_entry_module(
	const struct bcc_kernel_table *table, const struct bcc_kernel_entry *entry)
{
	return table->names + table->modules[entry->module];
}

static inline bool bcc_kernel_entry_is_code(const struct bcc_kernel_entry *entry)
{
	return entry->type == 't' || entry->type == 'T' || entry->type == 'w' || entry->type == 'W';
}

#endif
