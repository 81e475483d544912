/* SPDX-License-Identifier: Apache-2.0 */
/* How far attaching is: a line on stderr, if that is a terminal and it takes long, which goes when it is
 * done. */
#ifndef TOOLS_LIB_PROGRESS_H
#define TOOLS_LIB_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* A second: what is done sooner need not be explained. */
#define PROGRESS_AFTER_NS 1000000000ULL

/* Begins to attach `total` programs, or an unknown number if that is 0; the line appears after that many
 * nanoseconds, and changes as often. */
void progress_begin(size_t total, uint64_t after);

/* One more is attached. */
void progress_step(void);

/* All are, or it failed, or something else is to be printed. */
void progress_end(void);

#endif
