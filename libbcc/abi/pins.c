/* SPDX-License-Identifier: Apache-2.0 */
/* Where objects are pinned: directories in a BPF file system. */
#include "abi.h"

#include <errno.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "common/cleanup.h"

int bcc_make_parent_dir(const char *path)
{
	bcc_auto_free char *copy = path ? strdup(path) : NULL;
	const char *parent;

	if (!copy)
		return path ? -ENOMEM : -EINVAL;
	parent = dirname(copy);
	if (mkdir(parent, 0700) && errno != EEXIST) {
		int ret = -errno;

		bcc_abi_fail(ret, "directory %s cannot be created: %s", parent, strerror(-ret));
		return ret;
	}
	return 0;
}

int bcc_check_bpffs_path(const char *path)
{
	bcc_auto_free char *copy = path ? strdup(path) : NULL;
	const char *parent;
	struct statfs fs;

	if (!path)
		return -EINVAL;
	if (!copy)
		return -ENOMEM;
	parent = dirname(copy);
	if (statfs(parent, &fs)) {
		int ret = -errno;

		bcc_abi_fail(ret, "%s cannot be accessed: %s", parent, strerror(-ret));
		return ret;
	}
	if (fs.f_type == BPF_FS_MAGIC)
		return 0;
	bcc_abi_fail(-EINVAL, "%s is not in a BPF file system (mount -t bpf bpffs /sys/fs/bpf)", parent);
	return -EINVAL;
}
