/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of examples share. The examples do not filter: lines of other processes appear too. */
#ifndef TESTS_KERNEL_EXAMPLE_RUN_H
#define TESTS_KERNEL_EXAMPLE_RUN_H

#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "tool_run.h"

/* Ends an example with a signal, as users do. */
static inline void end(struct tool_run *run)
{
	kill(run->pid, SIGINT);
	tool_end(run, 60);
	if (run->status != 0 && run->status != 128 + SIGINT)
		fail_msg("status %d; stdout:\n%s\nstderr:\n%s\n", run->status, run->text, run->errors);
}

/* A line that a step makes the example print, or an alternative. */
struct expected {
	char line[128], other[128];
};

/* Whether a line with this text has arrived to its end. */
static inline bool has_whole_line(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	return at && strchr(at + strlen(part) - (*part != '\0'), '\n');
}

static inline bool is_shown(const struct tool_run *run, const struct expected *expected, int count)
{
	for (int i = 0; i < count; i++)
		if (has_whole_line(run->text, expected[i].line) ||
			(*expected[i].other && has_whole_line(run->text, expected[i].other)))
			return true;
	return false;
}

/* Runs `step` until the output has one of the lines: lines of others may precede it, and some may be lost. */
static inline void until(struct tool_run *run, void (*step)(struct expected *expected))
{
	static struct expected expected[240];
	double limit = tool_now() + 120;
	int count = 0;

	do {
		expected[count] = (struct expected){.other = ""};
		step(&expected[count++]);
		for (int i = 0; i < 5 && !is_shown(run, expected, count); i++)
			if (!tool_read(run, 100))
				break;
	} while (!is_shown(run, expected, count) && count < 240 && tool_now() < limit);
	if (!is_shown(run, expected, count)) {
		end(run);
		fail_msg("no '%s'; stdout:\n%s\nstderr:\n%s\n", expected[0].line, run->text, run->errors);
	}
}

/* A disk of the test's own: a loop device over a file, which disappears with its last descriptor. */
static inline int open_disk(void)
{
	struct loop_config config = {.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR};
	char path[32], name[] = "/tmp/bcc-disk-XXXXXX";
	int control, number, file, fd;

	/* a module in Debian's kernels */
	if (access("/dev/loop-control", F_OK) && system("modprobe loop 2>/dev/null"))
		return -1;
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	file = mkostemp(name, O_CLOEXEC);
	unlink(name);
	if (control < 0 || file < 0 || ftruncate(file, 64 << 20))
		return -1;
	config.fd = file;
	number = ioctl(control, LOOP_CTL_GET_FREE);
	sprintf(path, "/dev/loop%d", number);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd >= 0 && ioctl(fd, LOOP_CONFIGURE, &config)) {
		close(fd);
		fd = -1;
	}
	close(file);
	close(control);
	return fd;
}

static inline long count_of_slot(const char *text, long low)
{
	for (const char *at = text; (at = strchr(at, '\n')); at++) {
		long l, h, count;

		if (sscanf(at, " %ld -> %ld : %ld", &l, &h, &count) == 3 && l == low)
			return count;
	}
	return 0;
}

#endif
