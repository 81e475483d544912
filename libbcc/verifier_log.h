/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_VERIFIER_LOG_H
#define LIBBCC_VERIFIER_LOG_H

#include "handle.h"

/*
 * The log with " @ FILE:LINE" behind each source line, as kernels from 6.9 on write it themselves; unchanged
 * where it is there or the line is not known. To be freed; NULL when memory is missing.
 */
char *bcc_verifier_log_with_places(const struct bcc_program *p, const char *log);

/* " A sentence." for the usual mistakes behind what the log says, "" when it is none of them. Static. */
const char *bcc_verifier_hint(const char *log);

#endif
