/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/cache.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "common/cleanup.h"
#include "directory.h"

static _Thread_local char path[PATH_MAX];

static int open_existing(void)
{
	int fd = bcc_cache_path(path, sizeof(path));

	if (fd < 0)
		path[0] = '\0';
	return fd < 0 ? fd : bcc_cache_open(path, false);
}

int bcc_cache_info(struct bcc_cache_info *info)
{
	struct bcc_cache_info found = {.limit = bcc_cache_limit()};
	struct bcc_cache_usage usage = {0};
	size_t size = info ? info->size : 0;
	bcc_auto_fd int fd = -1;
	int ret = 0;

	if (size < sizeof(size))
		return -EINVAL;
	fd = open_existing();
	if (fd >= 0)
		ret = bcc_cache_count(fd, &usage);
	else if (fd != -ENOENT)
		ret = fd;
	found.directory = path[0] ? path : NULL;
	found.objects = usage.files;
	found.bytes = usage.bytes;
	/* a caller built against an older header has a smaller struct, one built against a newer header gets
	 * zeros */
	memset(info, 0, size);
	memcpy(info, &found, size < sizeof(found) ? size : sizeof(found));
	info->size = size;
	return ret;
}

int bcc_cache_clear(void)
{
	bcc_auto_fd int fd = open_existing();

	if (fd == -ENOENT)
		return 0;
	return fd < 0 ? fd : bcc_cache_remove_all(fd);
}
