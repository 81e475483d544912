/* SPDX-License-Identifier: Apache-2.0 */
#include "tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "private_mount.h"

static int open_mounted(const char *path)
{
	bcc_auto_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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

static const char *why(int code)
{
	return code == -ENODEV ? "it is not tracefs" : strerror(-code);
}

int bcc_tracefs_open(struct bcc_err *err)
{
	static const char *const paths[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	int code[2], fd;

	for (int i = 0; i < 2; i++) {
		code[i] = open_mounted(paths[i]);
		if (code[i] >= 0)
			return code[i];
	}
	fd = bcc_mount_private("tracefs");
	if (fd >= 0)
		return fd;
	return bcc_fail(err, -EOPNOTSUPP,
		"tracefs, which describes the tracepoints, is not to be had: %s: %s; %s: %s; mounting it privately: %s. "
		"Run as root, or have it mounted: mount -t tracefs tracefs /sys/kernel/tracing",
		paths[0], why(code[0]), paths[1], why(code[1]),
		fd == -ENODEV ? "this kernel has none" : strerror(-fd));
}
