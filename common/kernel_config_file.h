/* SPDX-License-Identifier: Apache-2.0 */
/* The file with the configuration that the running kernel was built with: where it is, and its lines. */
#ifndef COMMON_KERNEL_CONFIG_FILE_H
#define COMMON_KERNEL_CONFIG_FILE_H

#include "dependency.h"
#include "error.h"

/* Writes its path to `path`, of PATH_MAX bytes. Returns -ENOENT, with the places in the message, if it is not
 * found. `dependencies` (may be NULL) is told which files decide. */
int bcc_kernel_config_find(const struct bcc_dependencies *dependencies, char *path, struct bcc_err *err);

/* Calls `fn` for each option that the file (Kconfig's .config format, plain or gzipped) sets: "CONFIG_HZ" and
 * "250". Stops when it returns another value than 0, a negative errno, and returns that; or the negative
 * errno of reading the file. */
int bcc_kernel_config_read(const char *path, int (*fn)(void *ctx, const char *name, const char *value),
	void *ctx, struct bcc_err *err);

#endif
