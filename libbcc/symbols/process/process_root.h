/* SPDX-License-Identifier: Apache-2.0 */
/* Files as seen by a process: in its mount namespace, below its root directory. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_ROOT_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_ROOT_H

#include <stdbool.h>
#include <sys/stat.h>

struct bcc_root {
	int fd; /* its root directory; -1: same as ours */
	int pid;
};

/* `pid` 0: our own root. Returns -ESRCH if there is no such process. The root remains accessible after the
 * process has ended. */
int bcc_root_open(int pid, struct bcc_root *root);
void bcc_root_close(struct bcc_root *root);

/* Opens an absolute path in that root for reading; symbolic links cannot lead out of it. The traced process
 * chooses the path, and opening a device can have side effects, and opening a FIFO wakes its writers: so only
 * regular files and directories are opened, and -ENOEXEC is returned for everything else. Returns the
 * descriptor or a negative errno. */
int bcc_root_open_file(const struct bcc_root *root, const char *path);

/* The same for a path below `dir`, for links of /proc that lead directly to a file. */
int bcc_open_below(int dir, const char *path);

static inline bool bcc_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
