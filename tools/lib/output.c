/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "settings.h"
#include "tool.h"

int output_open(bool again, bool *is_new)
{
	struct stat st = {0};
	int fd;

	*is_new = false;
	if (!settings.output_file)
		return 0;
	fflush(stdout);
	fd = open(settings.output_file, O_WRONLY | O_CREAT | O_CLOEXEC | (again ? O_APPEND : O_TRUNC), 0666);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0) {
		int err = errno;

		tool_warn("cannot write to %s: %s", settings.output_file, strerror(err));
		if (fd >= 0)
			close(fd);
		return -err;
	}
	*is_new = !fstat(fd, &st) && st.st_size == 0;
	close(fd);
	return 0;
}
