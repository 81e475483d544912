/* SPDX-License-Identifier: Apache-2.0 */
/* Which function of which module a descriptor of a program is: clients attach by descriptor alone, and some ways to attach need
 * the program loaded once more. */
#ifndef LIBBCC_ABI_PROGRAM_REGISTRY_H
#define LIBBCC_ABI_PROGRAM_REGISTRY_H

#include "libbcc/handle.h"

/* Remembers that `fd` is the program, until bcc_abi_forget() of its handle (NULL: none). */
void bcc_abi_remember(struct bcc_program *p, int fd);
void bcc_abi_forget(const struct bcc *b);

/* Loads what `fd` is once more, for another attach type: a new descriptor, or a negative errno; -ENOENT: it is of no module that
 * is open. */
int bcc_abi_load_again(int fd, int attach_type);

#endif
