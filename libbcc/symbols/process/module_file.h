/* SPDX-License-Identifier: Apache-2.0 */
/* From a mapping of a process to the symbols of the mapped file. */
#ifndef LIBBCC_SYMBOLS_PROCESS_MODULE_FILE_H
#define LIBBCC_SYMBOLS_PROCESS_MODULE_FILE_H

#include "process.h"

/* Reads the symbols of a module; NULL if its file cannot be opened or is not ELF. */
const struct bcc_elf_table *bcc_process_open_module(
	struct bcc_process *p, const struct bcc_process_module *module);

#endif
