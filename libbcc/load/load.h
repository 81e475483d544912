/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of a handle, loaded beside what bcc_program_load() of bcc.h does. */
#ifndef LIBBCC_LOAD_LOAD_H
#define LIBBCC_LOAD_LOAD_H

#include "libbcc/handle.h"

/* Loads the program once more, for an attach type that an ordinary attachment cannot have; `type` is one without a target. A new
 * descriptor, the caller's, or a negative errno with the sentence recorded. (load/load.c) */
int bcc_program_load_copy(struct bcc_program *p, int type, int attach_type);

#endif
