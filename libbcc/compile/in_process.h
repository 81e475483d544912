/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_COMPILE_IN_PROCESS_H
#define LIBBCC_COMPILE_IN_PROCESS_H

#include "common/compile_request.h"
#include "common/error.h"
#include "libbcc/handle.h"

/* Compiles by the compiler library, on a thread that has a large stack; what there is to say is said when
 * it is done, by this thread. -ELIBACC the library cannot be loaded; -EAGAIN no thread; errors of the
 * compiler. */
int bcc_compile_in_process(struct bcc *b, const struct bcc_compile_request *request,
	struct bcc_compile_result *result, struct bcc_err *err);

#endif
