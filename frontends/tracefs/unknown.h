/* SPDX-License-Identifier: Apache-2.0 */
/* What to say of a tracepoint that the kernel does not have. */
#ifndef FRONTENDS_TRACEFS_UNKNOWN_H
#define FRONTENDS_TRACEFS_UNKNOWN_H

#include "common/error.h"

/* -ENOENT with a sentence that says which part of "CATEGORY__NAME" is wrong, and what is near it. */
int bcc_tracepoint_unknown(int tracefs_fd, const char *category_and_name, struct bcc_err *err);

#endif
