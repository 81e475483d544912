/* SPDX-License-Identifier: Apache-2.0 */
/* Where tracefs is: at its usual places, or mounted for this process alone, without any mount point. */
#ifndef LIBBCC_KERNEL_TRACEFS_H
#define LIBBCC_KERNEL_TRACEFS_H

#include "common/error.h"

/* A new descriptor of tracefs' root directory (close it), or -EOPNOTSUPP with a sentence that says what was tried. */
int bcc_tracefs_open(struct bcc_err *err);

/* A file of it by its name from the root, opened for reading: a descriptor, or a negative errno. */
int bcc_tracefs_open_file(const char *name);

#endif
