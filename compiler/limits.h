/* SPDX-License-Identifier: Apache-2.0 */
/* How much time, memory and stack a compilation gets, and what is said when it was not enough, or when the
 * compiler crashes. */
#ifndef COMPILER_LIMITS_H
#define COMPILER_LIMITS_H

#include "common/compile_wire.h"

/* Before anything else: signals as no ancestor has left them. Those that are sent from outside stay blocked:
 * they are meant for the process that this one works for, which ends it by SIGKILL. */
void bcc_limits_reset_signals(void);

/* From here on what ends the process early is said through the channel. */
void bcc_limits_apply(const struct bcc_wire_limits *limits);

/* Says that memory was missing, and ends the process. */
void bcc_limits_no_memory(void) __attribute__((noreturn));

#endif
