/* SPDX-License-Identifier: Apache-2.0 */
/* What a process has mapped, as /proc/PID/maps lists it. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_MAPS_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct bcc_process_mapping {
	uint64_t start, end, offset; /* offset: in the file */
	unsigned device_major, device_minor;
	uint64_t inode;
	char permissions[5]; /* "r-xp" */
	const char *path;    /* "" when it has none; without " (deleted)" */
	bool deleted;	     /* or replaced: nothing is at the path, or another file */
};

/* Where below /proc/PID the mapped file is, whatever became of its path; only for those who may checkpoint processes. */
#define BCC_MAP_FILE_SIZE 64
void bcc_process_map_file(char *path, uint64_t start, uint64_t end);

/* Return other than 0 to stop. */
typedef int (*bcc_process_mapping_fn)(void *ctx, const struct bcc_process_mapping *mapping);

/* Calls `fn` for each mapping in order of addresses, valid during the call. Returns what stopped it or 0; -errno of reading. */
int bcc_process_maps_each(FILE *maps, bcc_process_mapping_fn fn, void *ctx);

#endif
