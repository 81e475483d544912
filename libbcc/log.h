/* SPDX-License-Identifier: Apache-2.0 */
/* What is said beside errors. libbpf prints to stderr unless told otherwise; here it never does. What a program has set with
 * libbpf_set_print() goes on hearing what its own calls of libbpf say. */
#ifndef LIBBCC_LOG_H
#define LIBBCC_LOG_H

#include "handle.h"

/* Says text through the log callback; without one to stderr when a debug flag asked for it (level DEBUG), else nowhere. */
void bcc_say(struct bcc *b, enum bcc_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Until bcc_log_leave(), what libbpf says on this thread is said by `b`, if BCC_DEBUG_LIBBPF asks for it.
 * Returns the handle that had this role before, for bcc_log_leave(). */
struct bcc *bcc_log_enter(struct bcc *b);
void bcc_log_leave(struct bcc **before);

#define BCC_LOG_SCOPE(b)                                                                                     \
	__attribute__((cleanup(bcc_log_leave), unused)) struct bcc *log_before = bcc_log_enter(b)

#endif
