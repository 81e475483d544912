/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that begin anew with each output, and lose nothing: the u32 at the end of each key is the output
 * that the entry belongs to (period.bpf.h). The number is changed first; when no program runs any more that
 * has read the old one, its entries are read and deleted.
 */
#ifndef TOOLS_LIB_PERIOD_H
#define TOOLS_LIB_PERIOD_H

#include <stddef.h>

struct bcc;

/* Calls `add` with each entry of what has been recorded since the call before: the key, followed by the
 * value. Returns 0, or a negative errno; bcc_error() has the reason. */
int period_read(struct bcc *b, const char *table, void (*add)(void *ctx, const void *record), void *ctx);

#endif
