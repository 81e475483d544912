/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about a process whose addresses get names. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_H

#include "libbcc/symbols/resolver.h"
#include "mapped_files.h"
#include "perf_map.h"

struct bcc_process {
	struct bcc_symbols common;
	int pid;
	uint64_t start_time; /* tells it from other processes with the same PID */
	struct bcc_root root;
	struct bcc_process_map map;
	unsigned long pages; /* mapped pages when the map was read */
	uint64_t checked;    /* ms */
	unsigned looks;	     /* number of checks since then */
	bool ended;
	struct bcc_perf_map perf_map;
	char perf_map_path[32];
	bool has_foreign_map;
	uid_t owner;
};

#endif
