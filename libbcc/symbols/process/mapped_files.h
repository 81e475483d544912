/* SPDX-License-Identifier: Apache-2.0 */
/* What a process has mapped, by address, and the tables of the files that were read of it. */
#ifndef LIBBCC_SYMBOLS_PROCESS_MAPPED_FILES_H
#define LIBBCC_SYMBOLS_PROCESS_MAPPED_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "libbcc/symbols/elf/elf_table.h"

/* A file that is mapped, or the vdso. */
struct bcc_process_module {
	struct bcc_process_module *next;
	const char *path; /* as the process sees it */
	unsigned device_major, device_minor;
	uint64_t inode;
	uint64_t start, end; /* of one mapping of it */
	uint64_t head;	     /* where the start of the file is mapped; 0: nowhere */
	bool tried;
	bool ruled_out;			   /* by the search that is under way: the name is not in it */
	const struct bcc_elf_table *table; /* NULL: not tried yet, or it has none */
};

struct bcc_process_range {
	uint64_t start, end, offset;
	struct bcc_process_module *module; /* NULL: memory of no file */
};

/* Code (and data, when that is asked for), by address. */
struct bcc_process_map {
	struct bcc_process_range *ranges;
	size_t count, room;
	struct bcc_process_module *modules; /* by the address of the first mapping of each */
};

/*
 * Replaces what is known by what /proc/PID/maps says now; the tables of files that are still mapped are kept. `*dropped`: there were
 * tables of others, whose names are gone. Of a process that has ended, and after an error (-errno), what was known stays.
 */
int bcc_process_map_update(struct bcc_process_map *map, FILE *maps, bool with_data, bool *dropped);
void bcc_process_map_free(struct bcc_process_map *map);

/* NULL: nothing that is asked for is there. */
const struct bcc_process_range *bcc_process_map_at(const struct bcc_process_map *map, uint64_t address);

#endif
