/* SPDX-License-Identifier: Apache-2.0 */
/* What LLVM and clang call fatal ends the process, if nobody comes between. */
#ifndef REWRITER_FATAL_ERRORS_H
#define REWRITER_FATAL_ERRORS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Calls `run`. False: it was left in the middle for a fatal error of LLVM's, or by bcc_give_up(), and
 * `reason` (of `size` bytes) says why, in one line. What it had made is then half-made, and can be neither
 * used nor freed. Inside of another one, the inner is left. LLVM may have lists of what was on the stack:
 * what is called next does not reach it, but the stack is not to be used for another text.
 */
bool bcc_survive_fatal_errors(void (*run)(void *ctx), void *ctx, char *reason, size_t size);

/* Leaves what bcc_survive_fatal_errors() runs in this thread; returns when there is none. */
void bcc_give_up(const char *reason);

#ifdef __cplusplus
}
#endif
#endif
