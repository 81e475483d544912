/* SPDX-License-Identifier: Apache-2.0 */
/* EPERM from bpf() has a dozen causes, and the kernel does not tell which: this checks the usual ones. */
#ifndef LIBBCC_KERNEL_PERMISSION_H
#define LIBBCC_KERNEL_PERMISSION_H

#include "common/error.h"

/* Records "WHAT: not permitted …" with what this process lacks, and returns -EPERM. */
int bcc_fail_permission(struct bcc_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
