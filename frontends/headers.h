/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of kernel headers, and how a text is compiled against it. */
#ifndef FRONTENDS_HEADERS_H
#define FRONTENDS_HEADERS_H

#include <stdbool.h>

#include "common/compile_request.h"
#include "common/error.h"
#include "kernel.h"

/* Distributions split a tree in two: what all configurations share, and what building one of them
 * generates. */
struct bcc_headers {
	char *source;  /* has include/linux */
	char *build;   /* has include/generated; the same directory if the tree is not split */
	bool unpacked; /* from the kernel's own archive; removed by the one who unpacked it */
};

/*
 * Finds both halves from a path to a complete tree, to the generated half, or to a directory that has them as
 * "build" and "source" (/lib/modules/RELEASE). Returns -ENOENT with a message that names the missing file.
 */
int bcc_headers_at(const char *path, struct bcc_headers *headers, struct bcc_err *err);

/* The tree of kernel `release` in `modules`, which is /lib/modules. Returns -ENOENT as above. */
int bcc_headers_of_kernel(
	const char *modules, const char *release, struct bcc_headers *headers, struct bcc_err *err);

/* The same, falling back to the headers that the running kernel includes, which `host` (may be NULL)
 * unpacks. */
int bcc_headers_of_running(const char *modules, const char *release, const struct bcc_compile_host *host,
	struct bcc_headers *headers, struct bcc_err *err);

void bcc_headers_free(struct bcc_headers *headers);

/* Adds what clang needs to parse the tree's headers. Returns 0 or -ENOMEM. */
int bcc_headers_flags(const struct bcc_headers *headers, struct bcc_flags *flags);

/* Adds what a text can test with #if without including any header: configuration and version. Returns 0 or
 * -ENOMEM. */
int bcc_headers_macro_flags(const struct bcc_headers *headers, struct bcc_flags *flags);

#endif
