/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_CANCEL_H
#define LIBBCC_CANCEL_H

#include "common/error.h"

/* Looks at cancel_fd of struct bcc_open_opts (-1: none). Returns -ECANCELED with a message if it was written
 * to, -EBADF if it is not open, otherwise 0. */
int bcc_cancel_check(int cancel_fd, struct bcc_err *err);

#endif
