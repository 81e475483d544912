/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_SYMBOLS_ELF_ELF_STRINGS_H
#define LIBBCC_SYMBOLS_ELF_ELF_STRINGS_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the section ends with a zero, as a string table must (gABI, "String Table"), and is no larger than
 * 1 GB. elf_strptr() reads a section of any size into memory, and searches the whole table for the end of
 * each string if the final zero is missing.
 */
bool bcc_elf_strings_end(Elf *elf, size_t section);

#endif
