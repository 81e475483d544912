/* SPDX-License-Identifier: Apache-2.0 */
/* What every object depends on, besides the files that its text includes. */
#ifndef FRONTENDS_DEPENDENCIES_H
#define FRONTENDS_DEPENDENCIES_H

#include "common/dependency.h"
#include "headers.h"

/* The file that this code is in, unless the caller depends on that by itself (`known`), and the libraries
 * that it uses to make objects. */
void bcc_depend_compiler(const struct bcc_dependencies *to, bool known);

/* The directory of uapi.names and kernel.names, which come with the compiler, for the caller to free; NULL:
 * not known. */
char *bcc_header_names_folder(void);

/* The kernel's BTF, if it is not the kernel's own file, which is part of the cache key. */
void bcc_depend_btf(const struct bcc_dependencies *to);

/* Which halves of a tree of headers `path` leads to; NULL: the running kernel's. */
void bcc_depend_headers(
	const struct bcc_dependencies *to, const char *path, const struct bcc_headers *headers);

#endif
