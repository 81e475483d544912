/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration that the running kernel was built with, as far as a text asks for it. */
#ifndef FRONTENDS_KERNEL_CONFIG_H
#define FRONTENDS_KERNEL_CONFIG_H

#include <stdbool.h>

#include "common/dependency.h"
#include "common/error.h"
#include "kernel.h"

/* Whether the text has a name that begins with CONFIG_. */
bool bcc_config_wanted(const char *text);

/*
 * Adds a -D flag for each CONFIG_ name of `text` that the configuration in `file` sets (Kconfig's .config format, plain or
 * compressed by gzip): y is 1, m is 1 under the name with _MODULE behind it, numbers and strings are as they are.
 * -errno of reading the file.
 */
int bcc_config_flags_of(const char *file, const char *text, struct bcc_flags *flags, struct bcc_err *err);

/* The same from where the running kernel's configuration is. -ENOENT it is nowhere: the sentence names the places. `dependencies`
 * (may be NULL) is told of the files that decide. */
int bcc_config_flags(const char *text, const struct bcc_dependencies *dependencies, struct bcc_flags *flags,
	struct bcc_err *err);

#endif
