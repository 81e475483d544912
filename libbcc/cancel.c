/* SPDX-License-Identifier: Apache-2.0 */
#include "cancel.h"

#include <errno.h>
#include <poll.h>

int bcc_cancel_check(int cancel_fd, struct bcc_err *err)
{
	struct pollfd fd = {.fd = cancel_fd, .events = POLLIN};

	if (cancel_fd < 0 || poll(&fd, 1, 0) <= 0)
		return 0;
	if (fd.revents & POLLNVAL)
		return bcc_fail(err, -EBADF, "cancel_fd, %d, is not open", cancel_fd);
	return bcc_fail(err, -ECANCELED, "cancelled: cancel_fd was written to");
}
