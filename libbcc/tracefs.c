/* SPDX-License-Identifier: Apache-2.0 */
#include "tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"

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

/* A mount that no path leads to: it ends with the last descriptor. The wrappers came with glibc 2.36, the
 * calls with 5.2. */
static int mount_private(void)
{
	bcc_auto_fd int context = syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	int fd;

	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
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
	fd = mount_private();
	if (fd >= 0)
		return fd;
	return bcc_fail(err, -EOPNOTSUPP,
		"tracefs, which describes the tracepoints, is not to be had: %s: %s; %s: %s; mounting it privately: %s. "
		"Run as root, or have it mounted: mount -t tracefs tracefs /sys/kernel/tracing",
		paths[0], why(code[0]), paths[1], why(code[1]),
		fd == -ENODEV ? "this kernel has none" : strerror(-fd));
}
