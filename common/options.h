/* SPDX-License-Identifier: Apache-2.0 */
/* Structs of options, which begin with their size so that old programs work with newer libraries. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stddef.h>

#include "error.h"

/* Copies an options struct to `to`, zeroing what the caller's does not have; from NULL: all zeros. Returns
 * -E2BIG with an error message if it is of a newer library and uses something unknown here. */
int bcc_opts(struct bcc_err *err, void *to, size_t to_size, const void *from);

#endif
