/* SPDX-License-Identifier: Apache-2.0 */
/* Text → object: from the cache, or by the compiler. */
#ifndef LIBBCC_COMPILE_COMPILE_H
#define LIBBCC_COMPILE_COMPILE_H

#include "libbcc/handle.h"

struct bcc_compiled {
	void *object;
	size_t size;
};

/* Returns the errors of bcc_open_text(), and may set b->tracefs_fd. On success, free with
 * bcc_compiled_free(). */
int bcc_compile(
	struct bcc *b, const char *text, const struct bcc_open_opts *opts, struct bcc_compiled *compiled);
void bcc_compiled_free(struct bcc_compiled *compiled);

#endif
