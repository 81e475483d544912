/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's functions for symbols, files and static probes: its public headers, and what they leave out. */
#ifndef LIBBCC_ABI_SYMBOLS_H
#define LIBBCC_ABI_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <bcc/bcc.h>
#include <bcc/bcc_elf.h>
#include <bcc/bcc_proc.h>
#include <bcc/bcc_syms.h>
#include <bcc/bcc_usdt.h>

BCC_API int _find_load(uint64_t v_addr, uint64_t mem_sz, uint64_t file_offset, void *payload);

typedef int (*bcc_perf_map_symcb)(const char *name, uint64_t start, uint64_t size, void *payload);
BCC_API bool bcc_is_perf_map(const char *path);
BCC_API bool bcc_is_valid_perf_map(const char *path);
BCC_API int bcc_perf_map_nstgid(int pid);
BCC_API bool bcc_perf_map_path(char *map_path, size_t map_len, int pid);
BCC_API int bcc_perf_map_foreach_sym(const char *path, bcc_perf_map_symcb callback, void *payload);

#endif
