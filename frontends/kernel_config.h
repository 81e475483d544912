/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration that the running kernel was built with, as far as a text asks for it. */
#ifndef FRONTENDS_KERNEL_CONFIG_H
#define FRONTENDS_KERNEL_CONFIG_H

#include <stdbool.h>

#include "common/dependency.h"
#include "common/error.h"
#include "kernel.h"

/* Whether the text contains a name that begins with CONFIG_. */
bool bcc_config_wanted(const char *text);

/*
 * Adds a -D flag for each CONFIG_ name in `text` that the configuration in `file` sets (Kconfig's .config
 * format, plain or gzipped): y becomes 1, m becomes 1 with _MODULE appended to the name, numbers and strings
 * are unchanged. Returns the negative errno of reading the file.
 */
int bcc_config_flags_of(const char *file, const char *text, struct bcc_flags *flags, struct bcc_err *err);

/* The same from wherever the running kernel's configuration is. Returns -ENOENT, with the places in the
 * message, if it is not found. `dependencies` (may be NULL) is told which files decide. */
int bcc_config_flags(const char *text, const struct bcc_dependencies *dependencies, struct bcc_flags *flags,
	struct bcc_err *err);

#endif
