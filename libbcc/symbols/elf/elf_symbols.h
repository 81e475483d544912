/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of an executable or shared library, and where in the file their code is. The file is not trusted.
 */
#ifndef LIBBCC_SYMBOLS_ELF_ELF_SYMBOLS_H
#define LIBBCC_SYMBOLS_ELF_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

struct bcc_elf; /* an open file */

struct bcc_elf_function {
	uint64_t address; /* as the file has it */
	uint64_t size;	  /* 0: the file does not say */
	bool is_ifunc;	  /* address is that of the resolver, which the loader asks for the address of the
			     function */
};

/* Reads from `fd` (kept open by the caller, not closed here); `path` is for messages, and copied.
 * -ENOEXEC: not an ELF executable or library that this machine can run. Free with bcc_elf_close(). */
int bcc_elf_open(struct bcc_err *err, int fd, const char *path, struct bcc_elf **out);
void bcc_elf_close(struct bcc_elf *elf);

/*
 * Looks `symbol` up in the symbol table and the dynamic symbol table. "NAME@VERSION" means that version;
 * without one, the default version is preferred. -ENOENT with the sentence saying what is near; imported
 * functions are not the file's.
 */
int bcc_elf_find_function(
	struct bcc_err *err, struct bcc_elf *elf, const char *symbol, struct bcc_elf_function *out);

/* The file offset of the code at virtual address `address`; -EINVAL: it is in no executable segment. */
int bcc_elf_file_offset(struct bcc_err *err, struct bcc_elf *elf, uint64_t address, uint64_t *offset);

/* Whether `fd` is an ELF file of the class and machine that this library is itself. */
bool bcc_elf_is_native(int fd);

#endif
