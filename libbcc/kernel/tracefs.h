/* SPDX-License-Identifier: Apache-2.0 */
/* Finds tracefs: in its usual places, or mounted for this process alone, without any mount point. */
#ifndef LIBBCC_KERNEL_TRACEFS_H
#define LIBBCC_KERNEL_TRACEFS_H

#include "common/error.h"

/* A new descriptor of tracefs' root directory, which the caller closes, or -EOPNOTSUPP with an error message
 * that lists what was tried. */
int bcc_tracefs_open(struct bcc_err *err);

/* Opens a file, named relative to the root, for reading. Returns a descriptor or a negative errno. */
int bcc_tracefs_open_file(const char *name);

#endif
