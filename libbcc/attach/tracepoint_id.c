/* SPDX-License-Identifier: Apache-2.0 */
#include "tracepoint_id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/suggestions.h"
#include "libbcc/kernel/tracefs.h"

/* A single component of a path below events/ that cannot lead out of it, no longer than common/suggestions.h
 * handles. */
static bool is_part(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/') && strlen(name) < BCC_NEAR_LENGTH;
}

bool bcc_is_tracepoint_name(const char *category, const char *name)
{
	return is_part(category) && is_part(name);
}

static int tracepoint_id_open_below(int tracefs_fd, const char *path)
{
	int fd;

	if (tracefs_fd < 0)
		return bcc_tracefs_open_file(path);
	fd = openat(tracefs_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int64_t bcc_tracepoint_id(int tracefs_fd, const char *category, const char *name)
{
	bcc_auto_fd int fd = -1;
	char path[2 * BCC_NEAR_LENGTH + 16], text[32];
	ssize_t n;

	if (!bcc_is_tracepoint_name(category, name))
		return -ENOENT;
	snprintf(path, sizeof(path), "events/%s/%s/id", category, name);
	fd = tracepoint_id_open_below(tracefs_fd, path);
	if (fd < 0)
		return fd;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[n] = '\0';
	return strtoll(text, NULL, 10);
}
