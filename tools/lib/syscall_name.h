/* SPDX-License-Identifier: Apache-2.0 */
/* Names of system calls. Their numbers differ between architectures, and the kernel does not tell them: they
 * are those of the headers of the build, and newer ones, whose numbers are the same everywhere. */
#ifndef TOOLS_LIB_SYSCALL_NAME_H
#define TOOLS_LIB_SYSCALL_NAME_H

#include <stdbool.h>

struct syscall_row {
	int number;
	const char *name;
};

/* Ended by a row without a name; the build makes them. The second one is of programs of 32 bits where they
 * have other numbers, and else empty. */
extern const struct syscall_row syscall_rows[], syscall_rows_32[];

/* "[unknown: 4711]" if it has none. Valid until the next call. */
const char *syscall_name(int number, bool of_32_bits);

/* -1 if there is no such call. */
int syscall_number(const char *name);

/* "nanosleep" of "sys_nanosleep", and of what kernels and users call it besides; of a pattern, what is behind
 * the prefix. NULL: it is no system call. */
const char *syscall_of_function(const char *function, bool is_pattern);

/* Calls `item` for each. */
void syscall_each(void (*item)(void *ctx, const char *name), void *ctx);

#endif
