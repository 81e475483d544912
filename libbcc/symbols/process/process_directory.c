/* SPDX-License-Identifier: Apache-2.0 */
#include "process_directory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "process.h"

/* Field 22 of stat, counted after the name, which may contain anything. */
uint64_t bcc_process_start_time(int proc)
{
	bcc_auto_fd int fd = openat(proc, "stat", O_RDONLY | O_CLOEXEC);
	char text[1024], *field;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	field = strrchr(text, ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	return field ? strtoull(field, NULL, 10) : 0;
}

int bcc_process_open_proc(const struct bcc_process *p)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", p->pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* the descriptor stays with its process, so what is read later is of the process checked here */
	if (fd < 0 || bcc_process_start_time(fd) == p->start_time)
		return fd;
	close(fd);
	return -1;
}
