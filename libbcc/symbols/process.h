/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a process whose addresses get names. */
#ifndef LIBBCC_PROCESS_H
#define LIBBCC_PROCESS_H

#include "elf_table.h"
#include "perf_map.h"
#include "process_maps.h"
#include "resolver.h"

#define BCC_NO_MODULE UINT32_MAX

/* A file that is mapped, or the vdso. */
struct bcc_process_module {
	char *path; /* as the process sees it */
	unsigned device_major, device_minor;
	uint64_t inode;
	uint64_t start, end; /* of one mapping of it */
	uint64_t head;	     /* where the start of the file is mapped; 0: nowhere */
	bool tried;
	const struct bcc_elf_table *table; /* NULL: not tried yet, or it has none */
};

struct bcc_process_range {
	uint64_t start, end, offset;
	uint32_t module; /* BCC_NO_MODULE: memory of no file */
};

/* Code (and data, when that is asked for), by address. */
struct bcc_process_map {
	struct bcc_process_range *ranges;
	size_t count, room;
	struct bcc_process_module *modules;
	size_t module_count;
};

struct bcc_process {
	struct bcc_symbols common;
	int pid;
	uint64_t start_time; /* by which it is told from others of its PID */
	struct bcc_root root;
	struct bcc_process_map map;
	unsigned long pages; /* mapped when the map was read */
	uint64_t checked;    /* ms */
	unsigned looks;	     /* since then */
	bool ended;
	struct bcc_perf_map perf_map;
	char perf_map_path[32];
	bool has_foreign_map;
	uid_t owner;
};

/* A descriptor of the process's directory in /proc (close it); negative: it has ended, whoever has its PID now. */
int bcc_process_open_proc(const struct bcc_process *p);

/* module_file.c: reads the symbols of a module; NULL: its file is not to be had, or is none of ELF. */
const struct bcc_elf_table *bcc_process_open_module(
	struct bcc_process *p, const struct bcc_process_module *module);

#endif
