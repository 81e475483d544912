/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_SYMBOLS_ELF_ELF_STRINGS_H
#define LIBBCC_SYMBOLS_ELF_ELF_STRINGS_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the section ends as a table of strings does, with a zero (gABI, "String Table"), and is no larger than 1 GB. Of one that does
 * not, elf_strptr() would look for an end through the whole table for each string; it reads any into memory.
 */
bool bcc_elf_strings_end(Elf *elf, size_t section);

#endif
