/* SPDX-License-Identifier: Apache-2.0 */
/* From a tracepoint's format file to the C struct that its programs get as context. */
#ifndef FRONTENDS_TRACEFS_FORMAT_H
#define FRONTENDS_TRACEFS_FORMAT_H

#include <stdio.h>

#include "common/dependency.h"
#include "common/error.h"
#include "frontends/btf/tracepoint_class.h"

/* Called for each struct, union or enum tag that the struct's pointers refer to. */
typedef int (*bcc_format_tag_fn)(void *ctx, const char *tag);

/* Finds the kernel's own name for the struct of tracepoint `name` by what is in it; NULL: it has none. */
typedef const char *(*bcc_format_class_fn)(
	void *ctx, const char *name, const struct bcc_tracepoint_member *members, size_t count);

/* Makes a struct whose fields are relocated: clang notes accesses to them under the kernel's name for it. */
struct bcc_format_classes {
	bcc_format_class_fn find;
	void *ctx;
	unsigned count; /* of those made so far, for their names */
};

/*
 * Writes `struct tracepoint__CATEGORY__NAME {…};` to `out`, from the text of tracefs'
 * events/CATEGORY/NAME/format (layout: Documentation/trace/events.rst in the kernel). The fields common to
 * all tracepoints are left out: programs may not read them. A __data_loc field becomes an int named
 * data_loc_NAME, as in BCC; a __rel_loc field rel_loc_NAME. Field names that are C keywords get a trailing _.
 * Returns -EINVAL if the text is not such a file, and -ENOENT if `classes` (may be NULL) do not have it.
 */
int bcc_tracepoint_struct(const char *format, const char *category, const char *name, FILE *out,
	bcc_format_tag_fn tag, void *tag_ctx, struct bcc_format_classes *classes, struct bcc_err *err);

/*
 * The same for "CATEGORY__NAME", with the file read below `tracefs_fd`. Both parts may contain "__"
 * themselves: each way to split them is tried. `dependencies` (may be NULL) is told about the file. Returns
 * -ENOENT if there is no such tracepoint.
 */
int bcc_tracepoint_struct_of(int tracefs_fd, const char *category_and_name,
	const struct bcc_dependencies *dependencies, FILE *out, bcc_format_tag_fn tag, void *tag_ctx,
	struct bcc_format_classes *classes, struct bcc_err *err);

#endif
