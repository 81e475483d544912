/* SPDX-License-Identifier: Apache-2.0 */
/* A stack for the compiler, whose functions call each other as deeply as a text nests. */
#ifndef COMMON_LARGE_STACK_H
#define COMMON_LARGE_STACK_H

/* The compiler runs on nothing smaller. */
#define BCC_STACK_LEAST (64UL << 20)

/* Calls `run` on a thread that has at least this stack, and waits for it. Signals are left to the other
 * threads. Returns 0, or -EAGAIN if the thread cannot be started (ulimit -v, -u). */
int bcc_run_on_large_stack(void (*run)(void *ctx), void *ctx);

#endif
