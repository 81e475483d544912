/* SPDX-License-Identifier: Apache-2.0 */
/* All symbols of an ELF file by address, in compact form, shared by all users of the file. The file is not
 * trusted. */
#ifndef LIBBCC_SYMBOLS_ELF_ELF_TABLE_H
#define LIBBCC_SYMBOLS_ELF_ELF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "libbcc/symbols/process/process_root.h"

#define BCC_BUILD_ID_SIZE 20

struct bcc_elf_entry {
	uint64_t address; /* as given in the file */
	uint32_t size;	  /* without one: up to the end of its section */
	uint32_t name;	  /* offset in the names */
	uint32_t parent;  /* the enclosing symbol, UINT32_MAX: none */
	uint8_t rank;	  /* of several at one address, the highest has the best name */
	bool is_data;
};

struct bcc_elf_segment {
	uint64_t address, offset, file_size;
	bool executable;
};

struct bcc_elf_table {
	struct bcc_elf_entry *entries; /* by address, then by rank; includes all names of an address */
	size_t count;
	char *names;
	struct bcc_elf_segment *segments;
	size_t segment_count;
	uint8_t build_id[BCC_BUILD_ID_SIZE]; /* shorter ones are zero-padded, as in the kernel */
	size_t build_id_size;		     /* 0: none */
};

enum {
	BCC_ELF_NO_DEBUG_FILES = 1 << 0,
	BCC_ELF_NO_CRC = 1 << 1,
	BCC_ELF_DATA = 1 << 2, /* include variables */
};

/*
 * The table of the file behind `fd` (the caller's). `path` is its path below `root`, where debug files are
 * searched. Returns -ENOEXEC unless it is an executable or library. A file without symbols has an empty
 * table. Release it with bcc_elf_table_put(). Thread-safe.
 */
int bcc_elf_table_get(struct bcc_err *err, int fd, const char *path, const struct bcc_root *root,
	unsigned flags, const struct bcc_elf_table **out);
/* The same for bytes in memory, which are not needed afterwards. */
int bcc_elf_table_of_memory(
	struct bcc_err *err, char *bytes, size_t size, unsigned flags, const struct bcc_elf_table **out);
void bcc_elf_table_put(const struct bcc_elf_table *table);

/* The symbol that contains `address` (as given in the file), or NULL. */
const struct bcc_elf_entry *bcc_elf_table_at(const struct bcc_elf_table *table, uint64_t address);
const struct bcc_elf_entry *bcc_elf_table_find(const struct bcc_elf_table *table, const char *name);
/* Converts a file offset into an address as given in the file. */
bool bcc_elf_table_address(const struct bcc_elf_table *table, uint64_t offset, uint64_t *address);

/* Returns 0 if the file does not tell. */
uint64_t bcc_elf_entry_size(const struct bcc_elf_entry *entry);

static inline const char *bcc_elf_entry_name(
	const struct bcc_elf_table *table, const struct bcc_elf_entry *entry)
{
	return table->names + entry->name;
}

#endif
