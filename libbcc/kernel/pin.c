/* SPDX-License-Identifier: Apache-2.0 */
#include "pin.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

static bool pin_is_in_bpf_file_system(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct statfs info;
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	return statfs(*folder ? folder : "/", &info) < 0 || info.f_type == BPF_FS_MAGIC;
}

int bcc_fail_pin(struct bcc_err *err, int code, const char *path, const char *what)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (!pin_is_in_bpf_file_system(path))
		return bcc_fail(err, code,
			"%s cannot be pinned at %s: not in a bpf file system (is one mounted there? "
			"mount -t bpf bpf /sys/fs/bpf)",
			what, path);
	if (code == -EPERM && strchr(name, '.'))
		return bcc_fail(err, code,
			"%s cannot be pinned at %s: names in a bpf file system have no dots", what, path);
	return bcc_fail(err, code, "%s cannot be pinned at %s: %s", what, path, strerror(-code));
}

int bcc_pin(struct bcc_err *err, int fd, const char *path, const char *what)
{
	int ret = bpf_obj_pin(fd, path);

	return ret ? bcc_fail_pin(err, ret, path, what) : 0;
}
