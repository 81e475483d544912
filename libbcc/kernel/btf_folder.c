/* SPDX-License-Identifier: Apache-2.0 */
#include "btf_folder.h"

#include <errno.h>
#include <fcntl.h>

#include "common/cleanup.h"
#include "private_mount.h"

#define FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)

int bcc_btf_folder_open(void)
{
	int fd = open("/sys/kernel/btf", FLAGS);
	bcc_auto_fd int sysfs = -1;

	if (fd >= 0)
		return fd;
	/* the root directory has no /sys; what is opened remains usable, and the mount goes away with its
	 * last descriptor */
	sysfs = bcc_mount_private("sysfs");
	if (sysfs < 0)
		return sysfs;
	fd = openat(sysfs, "kernel/btf", FLAGS);
	return fd < 0 ? -errno : fd;
}
