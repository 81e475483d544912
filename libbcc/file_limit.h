/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file beyond RLIMIT_FSIZE (ulimit -f) kills a process by SIGXFSZ; between these calls it only
 * fails, with EFBIG. */
#ifndef LIBBCC_FILE_LIMIT_H
#define LIBBCC_FILE_LIMIT_H

#include <signal.h>

/* Returns the previous signal mask of the calling thread. */
sigset_t bcc_file_limit_enter(void);
void bcc_file_limit_leave(const sigset_t *before);

#define BCC_FILE_LIMIT_SCOPE                                                                                 \
	__attribute__((cleanup(bcc_file_limit_leave), unused)) const sigset_t file_limit_before =            \
		bcc_file_limit_enter()

#endif
