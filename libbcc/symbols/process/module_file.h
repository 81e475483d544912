/* SPDX-License-Identifier: Apache-2.0 */
/* From a mapping of a process to the symbols of the file that is mapped. */
#ifndef LIBBCC_SYMBOLS_PROCESS_MODULE_FILE_H
#define LIBBCC_SYMBOLS_PROCESS_MODULE_FILE_H

#include "process.h"

/* Reads the symbols of a module; NULL: its file cannot be opened, or is not ELF. */
const struct bcc_elf_table *bcc_process_open_module(
	struct bcc_process *p, const struct bcc_process_module *module);

#endif
