/* SPDX-License-Identifier: Apache-2.0 */
/* With --dwarf: makes frames of the snapshots that stacks.bpf.h sends, and counts them as it would. */
#ifndef TOOLS_LIB_STACK_SNAPSHOTS_H
#define TOOLS_LIB_STACK_SNAPSHOTS_H

#include <stdint.h>

struct bcc;

/* Before the text is loaded: sets it up to copy so many bytes of each stack. Ends the program if that cannot
 * be done here. */
void stack_snapshots_choose(uint64_t bytes);

/* From now on, bcc_consume() calls back, and counts in this table. Returns 0, or a negative errno;
 * bcc_error() has the reason. */
int stack_snapshots_open(struct bcc *b, const char *counts);

/* Says on stderr which stacks have become lost or were cut short since the last call, and why. */
void stack_snapshots_say_missed(void);

void stack_snapshots_close(void);

#endif
