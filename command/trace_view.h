/* SPDX-License-Identifier: Apache-2.0 */
/* What programs write with bpf_trace_printk(). */
#ifndef COMMAND_TRACE_VIEW_H
#define COMMAND_TRACE_VIEW_H

#include <bcc/bcc.h>

/* Whether the text writes there. */
bool trace_view_is_used(const char *source);

/* Whether the object does, which was opened before. */
bool trace_view_is_used_by_object(const void *object, size_t size);

/* Throws away what others have written before. Returns 0, or a negative errno: bcc_error() has the reason. */
int trace_view_open(struct bcc *b);

/* Prints lines, waiting so many milliseconds for the first. Returns how many, or a negative errno. */
int trace_view_read(struct bcc *b, int timeout);

void trace_view_close(void);

#endif
