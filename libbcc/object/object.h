/* SPDX-License-Identifier: Apache-2.0 */
/* From a BPF ELF object to tables in the kernel and programs that are ready to be loaded. */
#ifndef LIBBCC_OBJECT_OBJECT_H
#define LIBBCC_OBJECT_OBJECT_H

#include "libbcc/handle.h"

/*
 * Reads the object: programs, tables and variables get their names and types, and nothing is created. It points into `elf` until
 * bcc_object_create(). On failure what was made is freed by bcc_object_close(b).
 */
int bcc_object_read(struct bcc *b, const void *elf, size_t size);
/* The same with a copy of `elf`. */
int bcc_object_keep(struct bcc *b, const void *elf, size_t size);
/* Creates the tables and the arrays behind global data, loads the BTF, and leaves in `b` the programs with all relocations
 * resolved. Does nothing the second time; after a failure the same error. */
int bcc_object_create(struct bcc *b);
void bcc_object_close(struct bcc *b);

/* Gives up one kind of optimisation that the compiler made optional, in case the verifier then accepts the
 * program. Returns false if there is none left to give up. */
bool bcc_program_do_without(struct bcc_program *p);

#endif
