/* SPDX-License-Identifier: Apache-2.0 */
#include "tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "private_mount.h"

static const char *const paths[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};

/* -ENODEV if it is not tracefs. */
static int open_mounted(const char *path, int flags)
{
	bcc_auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	struct statfs fs;
	int found = fd;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != TRACEFS_MAGIC)
		return -ENODEV;
	fd = -1;
	return found;
}

/* The root of this process's own mount, made once: mounting and unmounting takes longer than attaching to a
 * tracepoint. It ends with the process. A program that closes all descriptors closes this one too, so it is
 * checked before use. */
static atomic_int private_root = -1;
static _Atomic ino_t root_inode; /* there is only one tracefs for the whole machine */

static bool is_root(int fd)
{
	struct statfs fs;
	struct stat st;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == TRACEFS_MAGIC && fstat(fd, &st) == 0 &&
	       st.st_ino == root_inode;
}

static void tracefs_keep(int fd, int before)
{
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct stat st;

	if (kept < 0 || fstat(kept, &st) < 0) {
		if (kept >= 0)
			close(kept);
		return;
	}
	root_inode = st.st_ino;
	if (!atomic_compare_exchange_strong(&private_root, &before, kept))
		close(kept); /* another thread was faster */
}

static int open_private(void)
{
	int before = private_root, fd;

	if (is_root(before)) {
		fd = fcntl(before, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? -errno : fd;
	}
	fd = bcc_mount_private("tracefs");
	if (fd >= 0)
		tracefs_keep(fd, before);
	return fd;
}

static const char *tracefs_why(int code)
{
	return code == -ENODEV ? "it is not tracefs" : strerror(-code);
}

int bcc_tracefs_open(struct bcc_err *err)
{
	int code[2], fd;

	for (int i = 0; i < 2; i++) {
		code[i] = open_mounted(paths[i], O_DIRECTORY);
		if (code[i] >= 0)
			return code[i];
	}
	fd = open_private();
	if (fd >= 0)
		return fd;
	return bcc_fail(err, -EOPNOTSUPP,
		"tracefs, which describes the tracepoints, is not available: %s: %s; %s: %s; mounting it privately: %s. "
		"Run as root, or mount it: mount -t tracefs tracefs /sys/kernel/tracing",
		paths[0], tracefs_why(code[0]), paths[1], tracefs_why(code[1]),
		fd == -ENODEV ? "not supported by this kernel" : strerror(-fd));
}

int bcc_tracefs_open_file(const char *name)
{
	bcc_auto_fd int root = -1;
	char path[512];
	int fd;

	for (int i = 0; i < 2; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", paths[i], name) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		fd = open_mounted(path, 0);
		if (fd >= 0)
			return fd;
	}
	root = bcc_tracefs_open(NULL);
	if (root < 0)
		return root;
	fd = openat(root, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
