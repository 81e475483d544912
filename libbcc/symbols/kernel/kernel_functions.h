/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the kernel's functions can be probed. */
#ifndef LIBBCC_SYMBOLS_KERNEL_KERNEL_FUNCTIONS_H
#define LIBBCC_SYMBOLS_KERNEL_KERNEL_FUNCTIONS_H

#include <bcc/symbols.h>

#include "common/error.h"

/* Implements bcc_kernel_functions_each() of symbols.h for the functions of `table`. */
struct bcc_kernel_table;
int bcc_kernel_functions(struct bcc_err *err, const struct bcc_kernel_table *table, const char *regex,
	unsigned needs, bcc_kernel_function_fn fn, void *ctx);

/* Besides BCC_FUNCTION_…, for bcc_kernel_functions_all(). */
enum { BCC_FUNCTION_BLACKLISTED = 1 << 7 };

/* The same for all functions, whether or not they can be probed: `can` has BCC_FUNCTION_FTRACE and
 * BCC_FUNCTION_BLACKLISTED. `*ftrace` is 0, or the negative errno of reading ftrace's list. */
int bcc_kernel_functions_all(struct bcc_err *err, const struct bcc_kernel_table *table, const char *regex,
	int *ftrace, bcc_kernel_function_fn fn, void *ctx);

#endif
