/* SPDX-License-Identifier: Apache-2.0 */
/* System calls by the name of the kernel function behind them, which differs with architecture and kernel
 * version. */
#ifndef LIBBCC_ATTACH_SYSCALL_FUNCTION_H
#define LIBBCC_ATTACH_SYSCALL_FUNCTION_H

#include <stddef.h>

/* What follows the prefix of a name like sys_clone, __x64_sys_clone, __arm64_sys_clone; NULL: not such a
 * name. */
const char *bcc_syscall_strip(const char *function);

/* This kernel's function of system call `name`, written to buf. 0, -ENOENT, -ENOSPC, or -errno of reading
 * /proc/kallsyms. */
int bcc_syscall_resolve(const char *name, char *buf, size_t size);

#endif
