/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_LOAD_VERIFIER_LOG_H
#define LIBBCC_LOAD_VERIFIER_LOG_H

#include <stddef.h>

#include "libbcc/handle.h"

/*
 * Loads a program with a log, in a buffer as large as it takes: calls `load`, which returns a descriptor or a negative errno, with
 * larger ones for as long as it returns -ENOSPC. `*log` becomes the last one, to be freed in any case; -ENOMEM: there was no
 * memory for any.
 */
int bcc_load_with_log(int (*load)(void *ctx, char *log, size_t size), void *ctx, char **log);

/*
 * The log with " @ FILE:LINE" behind each source line, as kernels from 6.9 on write it themselves; unchanged
 * where it is there or the line is not known. To be freed; NULL when memory is missing.
 */
char *bcc_verifier_log_with_places(const struct bcc_program *p, const char *log);

/* " A sentence." for the usual mistakes behind what the log says, "" when it is none of them. Static. */
const char *bcc_verifier_hint(const char *log);

#endif
