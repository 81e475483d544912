/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of kernel headers, and how a text is compiled against it. */
#ifndef FRONTENDS_HEADERS_H
#define FRONTENDS_HEADERS_H

#include "common/error.h"
#include "kernel.h"

/* Distributions part a tree in two: what all configurations share, and what building one of them generates. */
struct bcc_headers {
	char *source;	/* has include/linux */
	char *build;	/* has include/generated; the same folder where the tree is whole */
	char *unpacked; /* both are in this folder, which is removed with them; NULL: they are not ours */
};

/*
 * Finds both halves from a path that names either a whole tree, the generated half, or a folder that has them as
 * "build" and "source" (/lib/modules/RELEASE). -ENOENT: the sentence names the file that was looked for.
 */
int bcc_headers_at(const char *path, struct bcc_headers *headers, struct bcc_err *err);

/* The tree of kernel `release` in `modules`, which is /lib/modules. -ENOENT as above. */
int bcc_headers_of_kernel(
	const char *modules, const char *release, struct bcc_headers *headers, struct bcc_err *err);

/* The same, and where there is none the headers that the running kernel carries in itself, in `archive` (kheaders.h). */
int bcc_headers_of_running(const char *modules, const char *release, const char *archive,
	struct bcc_headers *headers, struct bcc_err *err);

void bcc_headers_free(struct bcc_headers *headers);

/* Adds what clang needs to parse the tree's headers. -ENOMEM. */
int bcc_headers_flags(const struct bcc_headers *headers, struct bcc_flags *flags);

/* Adds what a text can look at with #if without including any header: configuration and version. -ENOMEM. */
int bcc_headers_macro_flags(const struct bcc_headers *headers, struct bcc_flags *flags);

#endif
