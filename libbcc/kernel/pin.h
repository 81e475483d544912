/* SPDX-License-Identifier: Apache-2.0 */
/* Names for programs, tables and links in bpf file systems. */
#ifndef LIBBCC_KERNEL_PIN_H
#define LIBBCC_KERNEL_PIN_H

#include "common/error.h"

/* Pins what a descriptor stands for, which messages call `what`: "table counts". Returns 0 or a negative
 * errno. */
int bcc_pin(struct bcc_err *err, int fd, const char *path, const char *what) __attribute__((nonnull));

/* Records why `what` could not be pinned, and returns `code`. */
int bcc_fail_pin(struct bcc_err *err, int code, const char *path, const char *what);

#endif
