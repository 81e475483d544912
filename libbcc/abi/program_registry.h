/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the function of a module for a program's descriptor: clients attach by descriptor alone, and some
 * ways to attach need the program to be loaded a second time. */
#ifndef LIBBCC_ABI_PROGRAM_REGISTRY_H
#define LIBBCC_ABI_PROGRAM_REGISTRY_H

#include "libbcc/handle.h"

/* Records that `fd` is the program, until bcc_abi_forget() for its handle (NULL: without a handle). */
void bcc_abi_remember(struct bcc_program *p, int fd);
void bcc_abi_forget(const struct bcc *b);

/* Loads the program behind `fd` again, for another attach type. Returns a new descriptor or a negative errno;
 * -ENOENT if it does not belong to an open module. */
int bcc_abi_load_again(int fd, int attach_type);

#endif
