/* SPDX-License-Identifier: Apache-2.0 */
/* From a BPF ELF object to tables in the kernel and programs that are ready to be loaded. */
#ifndef LIBBCC_OBJECT_OBJECT_H
#define LIBBCC_OBJECT_OBJECT_H

#include "libbcc/handle.h"

/*
 * Reads the object: programs, tables and variables get their names and types, but nothing is created. It
 * refers to `elf` until bcc_object_create(). On failure, bcc_object_close(b) frees what was made.
 */
int bcc_object_read(struct bcc *b, const void *elf, size_t size);
/* The same with a copy of `elf`. */
int bcc_object_keep(struct bcc *b, const void *elf, size_t size);
/* Refuses an object that this library did not compile just now, if there is anything in it that is not
 * understood, or that is about one kernel only: it would be loaded wrong. */
int bcc_object_check_origin(const void *elf, size_t size, struct bcc_err *err);
/* Creates the tables and the arrays for global data, loads the BTF, and leaves the programs in `b`, with all
 * relocations resolved. Does nothing the second time; after a failure it returns the same error again. */
int bcc_object_create(struct bcc *b);
void bcc_object_close(struct bcc *b);

/* Gives up one kind of optimisation that the compiler made optional, in case the verifier then accepts the
 * program. Returns false if there is none left to give up. */
bool bcc_program_do_without(struct bcc_program *p);

#endif
