/* SPDX-License-Identifier: Apache-2.0 */
/* /tmp/perf-PID.map: run times that compile as they go write there what code of theirs is where. Lines "START SIZE NAME" in
 * hex (tools/perf/Documentation/jit-interface.txt of Linux). */
#ifndef LIBBCC_SYMBOLS_PROCESS_PERF_MAP_H
#define LIBBCC_SYMBOLS_PROCESS_PERF_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process_root.h"

struct bcc_perf_map_entry {
	uint64_t start, end;
	uint32_t name, line; /* name: in the names; line: which line of the file said so */
};

struct bcc_perf_map {
	struct bcc_perf_map_entry *entries; /* by address, none overlaps another */
	size_t count, room;
	char *names;
	size_t names_used, names_size;
	uint32_t lines;
	/* of the file that was read */
	dev_t device;
	ino_t inode;
	off_t position; /* up to here */
	char last[64];	/* what is before that position, to know whether the file was written anew */
};

/* Reads what has been added to the file since the last time; all of it when it is another file or was written
 * anew. Only a file of `owner` or root
 * counts. True: there was something new. */
bool bcc_perf_map_update(
	struct bcc_perf_map *map, const struct bcc_root *root, const char *path, uid_t owner);
/* Reads one from an open file, which need not be anybody's. */
bool bcc_perf_map_read(struct bcc_perf_map *map, int fd);
const struct bcc_perf_map_entry *bcc_perf_map_at(const struct bcc_perf_map *map, uint64_t address);
void bcc_perf_map_free(struct bcc_perf_map *map);

#endif
