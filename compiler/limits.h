/* SPDX-License-Identifier: Apache-2.0 */
/* How much time, memory and stack a compilation gets, and what is reported if that was not enough or the
 * compiler crashes. */
#ifndef COMPILER_LIMITS_H
#define COMPILER_LIMITS_H

#include "common/compile_wire.h"

/* To be called first: resets signals that an ancestor may have changed. Those that are sent from outside
 * remain blocked: they are meant for the process that this one works for, which ends it by SIGKILL. */
void bcc_limits_reset_signals(void);

/* From here on, anything that ends the process early is reported through the channel. */
void bcc_limits_apply(const struct bcc_wire_limits *limits);

/* Reports that memory ran out, and ends the process. */
void bcc_limits_no_memory(void) __attribute__((noreturn));

#endif
