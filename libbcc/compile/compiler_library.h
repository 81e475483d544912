/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler library, as loaded by the run time. */
#ifndef LIBBCC_COMPILE_COMPILER_LIBRARY_H
#define LIBBCC_COMPILE_COMPILER_LIBRARY_H

#include <stddef.h>

#include "common/compile_request.h"

struct bcc_err;
/* The two functions of the compiler library, which is loaded at the first request. Returns -ELIBACC with an
 * error message if that fails. */
int bcc_compiler_get(bcc_compile_fn *compile, bcc_compile_free_fn *free_result, struct bcc_err *err);

/* The path where bcc_compiler_get() would look first; nothing is loaded. */
void bcc_compiler_path(char *path, size_t size);

#endif
