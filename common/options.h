/* SPDX-License-Identifier: Apache-2.0 */
/* Structs of options, which begin with their size so that old programs work with newer libraries. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stddef.h>

#include "error.h"

/* -E2BIG with a sentence when a caller's options struct is of a newer library and uses what this one does not know;
 * copies what is known to `to`, zeroes the rest. from NULL: all zero. */
int bcc_opts(struct bcc_err *err, void *to, size_t to_size, const void *from);

#endif
