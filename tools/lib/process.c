/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"

bool process_has_ended(pid_t pid)
{
	bcc_auto_fd int fd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = {.fd = fd, .events = POLLIN};

	/* Linux before 5.3, or no descriptor is left: what has ended is there until its parent knows */
	if (fd < 0)
		return kill(pid, 0) && errno == ESRCH;
	return poll(&ended, 1, 0) > 0;
}
