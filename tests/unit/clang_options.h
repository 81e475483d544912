/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CLANG_OPTIONS_H
#define TESTS_UNIT_CLANG_OPTIONS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Hands out every option of clang's table, each with all of its prefixes, as it is written. Of the usual one:
 * `joined`, a value follows in the same string; `separate`, in the next one. */
void clang_options(void (*each)(void *ctx, const char *spelling, bool joined, bool separate), void *ctx);

#ifdef __cplusplus
}
#endif
#endif
