/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_COMPILE_CRASH_REPORT_H
#define LIBBCC_COMPILE_CRASH_REPORT_H

#include "common/compile_request.h"
#include "common/error.h"

/* If BCC_CRASH_DIR names a directory, stores the text and the flags that the compiler crashed with there, and
 * adds their path to the error message; otherwise adds how to get that. */
void bcc_crash_report(const struct bcc_compile_request *request, struct bcc_err *err);

#endif
