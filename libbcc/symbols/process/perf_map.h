/* SPDX-License-Identifier: Apache-2.0 */
/* /tmp/perf-PID.map, where JIT compilers list their code in lines "START SIZE NAME", in hex (Linux:
 * tools/perf/Documentation/jit-interface.txt). */
#ifndef LIBBCC_SYMBOLS_PROCESS_PERF_MAP_H
#define LIBBCC_SYMBOLS_PROCESS_PERF_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process_root.h"

struct bcc_perf_map_entry {
	uint64_t start, end;
	uint32_t name, line; /* name: offset in the names; line: number of its line in the file */
};

struct bcc_perf_map {
	struct bcc_perf_map_entry *entries; /* by address, without overlaps */
	size_t count, room;
	char *names;
	size_t names_used, names_size;
	uint32_t lines;
	/* file that was read */
	dev_t device;
	ino_t inode;
	off_t position; /* read up to here */
	char last[64];	/* bytes before that position, to detect that the file was rewritten */
};

/* Reads what has been appended to the file since the last time, or all of it if it was replaced or rewritten.
 * Only files of `owner` or root count. Returns true if there was anything new. */
bool bcc_perf_map_update(
	struct bcc_perf_map *map, const struct bcc_root *root, const char *path, uid_t owner);
/* Reads an open file, whoever owns it. */
bool bcc_perf_map_read(struct bcc_perf_map *map, int fd);
const struct bcc_perf_map_entry *bcc_perf_map_at(const struct bcc_perf_map *map, uint64_t address);
void bcc_perf_map_free(struct bcc_perf_map *map);

#endif
