/* SPDX-License-Identifier: Apache-2.0 */
/* System calls of x86-64 that newer architectures leave out, because a newer call does the same: there, that
 * one is made. */
#ifndef TESTS_KERNEL_OLDER_CALLS_H
#define TESTS_KERNEL_OLDER_CALLS_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline long call_unlink(const char *path)
{
#ifdef SYS_unlink
	return syscall(SYS_unlink, path);
#else
	return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
#endif
}

static inline long call_rmdir(const char *path)
{
#ifdef SYS_rmdir
	return syscall(SYS_rmdir, path);
#else
	return syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
#endif
}

static inline long call_rename(const char *from, const char *to)
{
#ifdef SYS_rename
	return syscall(SYS_rename, from, to);
#else
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
#endif
}

static inline long call_creat(const char *path, mode_t mode)
{
#ifdef SYS_creat
	return syscall(SYS_creat, path, mode);
#else
	return syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
#endif
}

#ifdef SYS_pause
#define CALL_OF_PAUSE SYS_pause
#else
#define CALL_OF_PAUSE SYS_ppoll
#endif

#endif
