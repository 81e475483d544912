/* SPDX-License-Identifier: Apache-2.0 */
/* One text compiled by a child: sends the request, answers its questions, and receives the result or gives up
 * waiting. */
#ifndef LIBBCC_COMPILE_EXCHANGE_H
#define LIBBCC_COMPILE_EXCHANGE_H

#include "child.h"
#include "common/compile_wire.h"
#include "common/error.h"

struct bcc_exchange_opts {
	struct bcc_wire_limits limits;
	int cancel_fd; /* -1: none */
};

/*
 * Returns 0 with the object in `result`, or a negative errno with a message: the compiler's own errors;
 * -ETIMEDOUT or -ENOMEM at a limit; -ECANCELED; -EIO if the child crashed or was killed; -EPROTO if it sent
 * something malformed. The child has ended in any case.
 */
int bcc_exchange(struct bcc_child *child, const struct bcc_compile_request *request,
	const struct bcc_exchange_opts *opts, struct bcc_compile_result *result, struct bcc_err *err);

#endif
