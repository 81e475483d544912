/* SPDX-License-Identifier: Apache-2.0 */
/* The source of a text's kernel types: the running kernel's BTF, or a tree of kernel headers. */
#ifndef FRONTENDS_KERNEL_H
#define FRONTENDS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/raw_btf.h"

/* A growing list of compiler flags that owns its strings. */
struct bcc_flags {
	char **list;
	size_t count;
};

int bcc_flags_add(struct bcc_flags *flags, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bcc_flags_free(struct bcc_flags *flags);

/* -D flags for every text: the architecture, the page size, and LINUX_VERSION_CODE if no headers define
 * it. */
int bcc_kernel_flags(struct bcc_flags *flags, bool headers, struct bcc_err *err);

/* KERNEL_VERSION() of the running kernel, 0 if it is not known. */
unsigned bcc_kernel_version(void);

/* Whether the kernel has the helper ("trace_vprintk") of Linux `major`.`minor`: by its version or, since
 * vendors backport helpers, by its BTF, if it has any. */
bool bcc_kernel_has_helper(
	const struct bcc_btf_bytes *kernel, const char *helper, unsigned major, unsigned minor);

#endif
