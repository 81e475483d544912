/* SPDX-License-Identifier: Apache-2.0 */
/* The program bcc-compile, which texts are compiled by. */
#ifndef LIBBCC_COMPILE_CHILD_PROGRAM_H
#define LIBBCC_COMPILE_CHILD_PROGRAM_H

#include <stddef.h>

struct bcc_err;

/* Opened once, when the library is loaded: it is there after a change of the root directory, too, and is the
 * one that came with the library when that has been replaced meanwhile. */
void bcc_child_program_keep(void);

/* Returns a new descriptor (O_PATH) of it, or -ELIBACC with a message that names the places tried. */
int bcc_child_program_open(struct bcc_err *err);

/* Where it is, for the cache's key; nothing but its name when it is nowhere. */
const char *bcc_child_program_path(void);

#endif
