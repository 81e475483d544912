/* SPDX-License-Identifier: Apache-2.0 */
/* Files as seen by a process: in its mount namespace, below its root directory. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_ROOT_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_ROOT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "common/error.h"

struct bcc_root {
	int fd; /* its root directory; -1: same as ours */
	int pid;
};

/* `pid` 0: our own root. Returns -ESRCH if there is no such process, or a negative errno if this process has
 * no room for another descriptor: bcc_fail_process() says it. The root remains accessible after the process
 * has ended. */
int bcc_root_open(int pid, struct bcc_root *root);
void bcc_root_close(struct bcc_root *root);

/* Whether it has ended, and its parent has not waited for it. */
bool bcc_process_is_zombie(int pid);

/* Records why process `pid` cannot be looked at, for which a call failed with `code` (-ESRCH, -ENOENT from
 * its directory in /proc, -EACCES, -EMFILE, …): gone, a zombie, a thread of the kernel, hidden, not
 * permitted, or something that this process lacks. Returns the errno that it comes to. */
int bcc_fail_process(struct bcc_err *err, int pid, int code);

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
