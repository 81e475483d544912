/* SPDX-License-Identifier: Apache-2.0 */
/* The program bcc-compile, which compiles texts. */
#ifndef LIBBCC_COMPILE_CHILD_PROGRAM_H
#define LIBBCC_COMPILE_CHILD_PROGRAM_H

#include <stddef.h>

struct bcc_err;

/* Opened once, when the library is loaded: it then remains available after a change of the root directory,
 * and matches the library even if that has been replaced meanwhile. */
void bcc_child_program_keep(void);

/* Returns a new descriptor (O_PATH) of it, or -ELIBACC with a message that names the places tried. */
int bcc_child_program_open(struct bcc_err *err);

/* Its path, for the cache's key; only its name if it was not found. */
const char *bcc_child_program_path(void);

#endif
