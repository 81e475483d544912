/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is reported besides errors. libbpf prints to stderr by default; its messages from this
 * library's calls never go there. A function that the program has set with libbpf_set_print() still gets the
 * messages of the program's own calls. */
#ifndef LIBBCC_LOG_H
#define LIBBCC_LOG_H

#include "handle.h"

/* Passes text to the log callback; without one, to stderr if a debug flag asked for it (level DEBUG),
 * otherwise nowhere. */
void bcc_say(struct bcc *b, enum bcc_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Until bcc_log_leave(), messages of libbpf on this thread are logged by `b` if BCC_DEBUG_LIBBPF is set.
 * Returns the previous such handle, for bcc_log_leave(). */
struct bcc *bcc_log_enter(struct bcc *b);
void bcc_log_leave(struct bcc **before);

#define BCC_LOG_SCOPE(b)                                                                                     \
	__attribute__((cleanup(bcc_log_leave), unused)) struct bcc *log_before = bcc_log_enter(b)

#endif
