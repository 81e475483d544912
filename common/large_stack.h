/* SPDX-License-Identifier: Apache-2.0 */
/* A stack for the compiler, whose functions call each other as deeply as a text nests. */
#ifndef COMMON_LARGE_STACK_H
#define COMMON_LARGE_STACK_H

#include <stdbool.h>

/* What the limits of frontends/clang/text_limits.h are made for; the compiler runs on nothing smaller. */
#define BCC_STACK_LEAST (64UL << 20)

/* Calls `run` on a thread that has at least this stack, and waits for it. Signals are left to the other
 * threads. If `run` returns false, the stack stays mapped for ever: something still points into it. Returns
 * 0, or -EAGAIN if the thread cannot be started (ulimit -v, -u). */
int bcc_run_on_large_stack(bool (*run)(void *ctx), void *ctx);

#endif
