/* SPDX-License-Identifier: Apache-2.0 */
#include "opened.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/vfs.h>

#include "descriptor.h"
#include "permission.h"

/* Any other file is refused as if it were not permitted. */
static bool opened_is_elsewhere(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type != BPF_FS_MAGIC;
}

int bcc_opened_pin(struct bcc_err *err, const char *path, const char *kind)
{
	int fd = bpf_obj_get(path);

	if (fd < 0 && opened_is_elsewhere(path))
		return bcc_fail(err, fd, "%s is not in a bpf file system, where what is pinned is", path);
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail_permission(err, "no permission to open what is pinned at %s", path);
	return fd < 0 ? bcc_fail(err, fd, "no %s can be opened at %s: %s", kind, path, strerror(-fd)) : fd;
}

int bcc_opened_info(struct bcc_err *err, int fd, const char *what, const char *kind, const char *name,
	void *info, uint32_t size)
{
	int ret = bcc_descriptor_is(fd, what) ? bpf_obj_get_info_by_fd(fd, info, &size) : -EINVAL;

	if (!ret)
		return 0;
	return bcc_fail(err, ret, "%s is not a %s%s%s", name, kind,
		ret == -EINVAL ? "" : ", or cannot be read: ", ret == -EINVAL ? "" : strerror(-ret));
}
