/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_COMPILE_IN_PROCESS_H
#define LIBBCC_COMPILE_IN_PROCESS_H

#include "common/compile_request.h"
#include "common/error.h"
#include "libbcc/handle.h"

/* Compiles with the compiler library, on a thread with a large stack; messages are reported at the end, by
 * the calling thread. Returns -ELIBACC if the library cannot be loaded, -EAGAIN if there is no thread, or the
 * compiler's errors. */
int bcc_compile_in_process(struct bcc *b, const struct bcc_compile_request *request,
	struct bcc_compile_result *result, struct bcc_err *err);

#endif
