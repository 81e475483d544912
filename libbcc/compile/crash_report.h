/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_COMPILE_CRASH_REPORT_H
#define LIBBCC_COMPILE_CRASH_REPORT_H

#include "common/compile_request.h"
#include "common/error.h"

/* Where BCC_CRASH_DIR names a folder, keeps there the text and the flags that the compiler crashed with, and
 * adds to the sentence where; else how to have that. */
void bcc_crash_report(const struct bcc_compile_request *request, struct bcc_err *err);

#endif
