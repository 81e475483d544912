/* SPDX-License-Identifier: Apache-2.0 */
/* From a mapping of a process to the symbols of the mapped file. */
#ifndef LIBBCC_SYMBOLS_PROCESS_MODULE_FILE_H
#define LIBBCC_SYMBOLS_PROCESS_MODULE_FILE_H

#include "process.h"

/* Reads the symbols of a module; NULL if its file cannot be opened or is not ELF. */
const struct bcc_elf_table *bcc_process_open_module(
	struct bcc_process *p, const struct bcc_process_module *module);

/* The library that is at `*offset` of the module's file, if that is a zip archive, as a module of its own in
 * the process's list, with its symbols, called "archive!/name". `*offset` becomes that in the library. NULL:
 * there is none. */
struct bcc_process_module *bcc_process_open_member(
	struct bcc_process *p, const struct bcc_process_module *module, uint64_t *offset);

#endif
