/* SPDX-License-Identifier: Apache-2.0 */
#include "file_limit.h"

#include <pthread.h>
#include <stddef.h>
#include <time.h>

static sigset_t file_limit_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGXFSZ);
	return set;
}

sigset_t bcc_file_limit_enter(void)
{
	sigset_t set = file_limit_set(), before;

	pthread_sigmask(SIG_BLOCK, &set, &before);
	return before;
}

/* The signal goes to the thread that wrote: a pending one is removed before it can be delivered. */
void bcc_file_limit_leave(const sigset_t *before)
{
	const struct timespec now = {0};
	sigset_t set = file_limit_set();

	if (!sigismember(before, SIGXFSZ))
		while (sigtimedwait(&set, NULL, &now) == SIGXFSZ)
			;
	pthread_sigmask(SIG_SETMASK, before, NULL);
}
