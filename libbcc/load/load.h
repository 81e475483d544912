/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a handle's programs, beyond bcc_program_load() of bcc.h. */
#ifndef LIBBCC_LOAD_LOAD_H
#define LIBBCC_LOAD_LOAD_H

#include "libbcc/handle.h"

/* Loads the program again, for an attach type that an ordinary attachment cannot have; `type` must not need a
 * target. Returns a new descriptor, owned by the caller, or a negative errno with the error recorded. */
int bcc_program_load_copy(struct bcc_program *p, int type, int attach_type);
/* Loads the program for the place of `function` of the program with that descriptor (type EXT). Returns its
 * own descriptor, or a negative errno with the error recorded. */
int bcc_program_load_in_place(struct bcc_program *p, int program_fd, const char *function);
/* The BTF id of a function of the program with that descriptor, which `p` is to take the place of. Returns 0,
 * or a negative errno with the error recorded. */
int bcc_program_find_function(
	const struct bcc_program *p, int program_fd, const char *function, uint32_t *id);

#endif
