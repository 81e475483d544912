/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the kernel function behind a system call; its name depends on architecture and kernel version. */
#ifndef LIBBCC_ATTACH_SYSCALL_FUNCTION_H
#define LIBBCC_ATTACH_SYSCALL_FUNCTION_H

#include <stddef.h>

/* What follows the prefix of a name like sys_clone, __x64_sys_clone, __arm64_sys_clone; NULL if it has none
 * of those prefixes. */
const char *bcc_syscall_strip(const char *function);

/* Writes the name of this kernel's function for system call `name` to buf. Returns 0, -ENOENT, -ENOSPC, or
 * the negative errno of reading /proc/kallsyms. */
int bcc_syscall_resolve(const char *name, char *buf, size_t size);

#endif
