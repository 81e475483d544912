/* SPDX-License-Identifier: Apache-2.0 */
/* What a process has mapped, by address, with the symbol tables read so far. */
#ifndef LIBBCC_SYMBOLS_PROCESS_MAPPED_FILES_H
#define LIBBCC_SYMBOLS_PROCESS_MAPPED_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "libbcc/symbols/elf/elf_table.h"

/* A mapped file, a library in an archive, or the vdso. */
struct bcc_process_module {
	struct bcc_process_module *next;
	const char *path; /* as seen by the process */
	unsigned device_major, device_minor;
	uint64_t inode;
	uint64_t start, end; /* of one of its mappings */
	uint64_t head;	     /* where the start of the file is mapped; 0: not mapped */
	bool tried;
	bool ruled_out;			   /* during a search: it does not have the name */
	const struct bcc_elf_table *table; /* NULL: not read yet, or it has none */
};

struct bcc_process_range {
	uint64_t start, end, offset;
	struct bcc_process_module *module; /* NULL: not memory of a file */
	bool executable;
	bool tried; /* to find a library in the file, which is an archive */
};

/* Code (and data, if requested), by address. */
struct bcc_process_map {
	struct bcc_process_range *ranges;
	size_t count, room;
	/* ordered by the address of each one's first mapping, behind libraries in archives */
	struct bcc_process_module *modules;
};

/*
 * Replaces what is known by what /proc/PID/maps lists now; tables of files that are still mapped are kept.
 * `*dropped`: tables of other files were dropped, and their names with them. If the process has ended, or on
 * an error (a negative errno), what was known stays.
 */
int bcc_process_map_update(struct bcc_process_map *map, FILE *maps, bool with_data, bool *dropped);
void bcc_process_map_free(struct bcc_process_map *map);

/* NULL if nothing that was requested is there. */
const struct bcc_process_range *bcc_process_map_at(const struct bcc_process_map *map, uint64_t address);

#endif
