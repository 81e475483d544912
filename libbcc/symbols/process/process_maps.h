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
	const char *path;    /* "" if there is none; without " (deleted)" */
	bool deleted;	     /* or replaced: the path leads nowhere, or to another file */
};

/* Path of a mapped file below /proc/PID, whatever became of its name; only for users who may checkpoint
 * processes. */
#define BCC_MAP_FILE_SIZE 64
void bcc_process_map_file(char *path, uint64_t start, uint64_t end);

/* Return non-zero to stop. */
typedef int (*bcc_process_mapping_fn)(void *ctx, const struct bcc_process_mapping *mapping);

/* Calls `fn` for each mapping, which is valid during the call, in order of addresses. Returns the value that
 * stopped it, 0 at the end, or the negative errno of reading. */
int bcc_process_maps_each(FILE *maps, bcc_process_mapping_fn fn, void *ctx);

#endif
