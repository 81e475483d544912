/* SPDX-License-Identifier: Apache-2.0 */
/* Text → object: out of the cache, or by the compiler. */
#ifndef LIBBCC_COMPILE_COMPILE_H
#define LIBBCC_COMPILE_COMPILE_H

#include "libbcc/handle.h"
#include "compiler_library.h"

struct bcc_compiled {
	struct bcc_compile_result result;
	bcc_compile_free_fn free_result; /* NULL: plain memory */
};

/* The errors of bcc_open_text(). b->tracefs_fd may be set. Free with bcc_compiled_free() on success. */
int bcc_compile(
	struct bcc *b, const char *text, const struct bcc_open_opts *opts, struct bcc_compiled *compiled);
void bcc_compiled_free(struct bcc_compiled *compiled);

#endif
