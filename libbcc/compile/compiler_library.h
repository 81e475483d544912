/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler library, as loaded by the run time. */
#ifndef LIBBCC_COMPILE_COMPILER_LIBRARY_H
#define LIBBCC_COMPILE_COMPILER_LIBRARY_H

#include "common/compile_request.h"

struct bcc_err;
/* The two functions of the compiler library, which is loaded at the first request. Returns -ELIBACC with an
 * error message if that fails. */
int bcc_compiler_get(bcc_compile_fn *compile, bcc_compile_free_fn *free_result, struct bcc_err *err);

/* The path where bcc_compiler_get() would look first, for the cache key; nothing is loaded. */
const char *bcc_compiler_library_path(void);

#endif
