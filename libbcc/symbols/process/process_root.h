/* SPDX-License-Identifier: Apache-2.0 */
/* Files as some process sees them: in its mount namespace, below its root directory. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_ROOT_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_ROOT_H

#include <stdbool.h>
#include <sys/stat.h>

struct bcc_root {
	int fd; /* of its root directory; -1: our own, as usual */
	int pid;
};

/* `pid` 0: our own. -ESRCH no such process. The root is there as long as this, even when the process has ended. */
int bcc_root_open(int pid, struct bcc_root *root);
void bcc_root_close(struct bcc_root *root);

/* Opens an absolute path in that root for reading; symbolic links stay in it. Who is traced says which path, and opening a device can
 * do things, and a FIFO wakes who writes to it: only regular files and directories are opened, -ENOEXEC for all else.
 * Returns the descriptor or -errno. */
int bcc_root_open_file(const struct bcc_root *root, const char *path);

/* The same of a path below `dir`, for links of /proc that lead to a file by themselves. */
int bcc_open_below(int dir, const char *path);

static inline bool bcc_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
