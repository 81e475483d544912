/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of an executable or shared library, and the file offsets of their code. The file is not
 * trusted. */
#ifndef LIBBCC_SYMBOLS_ELF_ELF_SYMBOLS_H
#define LIBBCC_SYMBOLS_ELF_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

struct bcc_elf; /* an open file */

struct bcc_elf_function {
	uint64_t address; /* as given in the file */
	uint64_t size;	  /* 0: unknown */
	bool is_ifunc;	  /* `address` is the resolver's, which the loader calls for the function's */
};

/* Reads from `fd`, which the caller keeps open and closes; `path` is for messages, and copied. Returns
 * -ENOEXEC unless it is an ELF executable or library for this machine. Free with bcc_elf_close(). */
int bcc_elf_open(struct bcc_err *err, int fd, const char *path, struct bcc_elf **out);
void bcc_elf_close(struct bcc_elf *elf);

/*
 * Looks `symbol` up in the symbol table and the dynamic symbol table. "NAME@VERSION" means that version;
 * without one, the default version is preferred. Returns -ENOENT with suggestions in the message if it is not
 * found; imported functions do not count.
 */
int bcc_elf_find_function(
	struct bcc_err *err, struct bcc_elf *elf, const char *symbol, struct bcc_elf_function *out);

/* The file offset of the code at virtual address `address`; -EINVAL if it is not in an executable segment. */
int bcc_elf_file_offset(struct bcc_err *err, struct bcc_elf *elf, uint64_t address, uint64_t *offset);

/* Whether `fd` is an ELF file of this library's own class and machine. */
bool bcc_elf_is_native(int fd);

#endif
