/* SPDX-License-Identifier: Apache-2.0 */
/* From a BPF ELF object to tables in the kernel and programs that are ready to load. */
#ifndef LIBBCC_OBJECT_OBJECT_H
#define LIBBCC_OBJECT_OBJECT_H

#include "libbcc/handle.h"

/*
 * Reads the object, creates its tables and the arrays behind its global data, loads its BTF, and leaves in `b` the programs
 * with all relocations resolved. `elf` is copied where it is still needed. On failure what was made is freed by
 * bcc_object_close(b).
 */
int bcc_object_open(struct bcc *b, const void *elf, size_t size);
void bcc_object_close(struct bcc *b);

/* Gives up one kind of what the compiler uses only because it is quicker; the verifier may like the program better so. False: there
 * is nothing (any more) to give up. */
bool bcc_program_do_without(struct bcc_program *p);

#endif
