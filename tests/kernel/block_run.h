/* SPDX-License-Identifier: Apache-2.0 */
/* Disks of a test's own, for the tools about block devices: in memory, and with a known delay. */
#ifndef TESTS_KERNEL_BLOCK_RUN_H
#define TESTS_KERNEL_BLOCK_RUN_H

#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "tool_run.h"

enum { BLOCK_DISK_BYTES = 8 << 20, BLOCK_PAGE = 4096, BLOCK_MOST = 1 << 20 };

struct block_disk {
	int fd;
	char name[32];	 /* "loop0" */
	char folder[64]; /* of a delayed one, in configfs */
};

/* A loop device over memory, which disappears with its last descriptor. */
static inline void block_disk_open(struct block_disk *disk)
{
	struct loop_config config = {.info.lo_flags = LO_FLAGS_AUTOCLEAR};
	int control, number;
	char path[64];

	/* a module in Debian's kernels */
	if (access("/dev/loop-control", F_OK) && system("modprobe loop 2>/dev/null")) {
		print_message("this machine has no loop devices\n");
		skip();
	}
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	assert_true(control >= 0);
	config.fd = memfd_create("disk", MFD_CLOEXEC);
	assert_int_equal(ftruncate(config.fd, BLOCK_DISK_BYTES), 0);
	/* another test may take the number first */
	do {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		assert_true(number >= 0);
		snprintf(disk->name, sizeof(disk->name), "loop%d", number);
		snprintf(path, sizeof(path), "/dev/%s", disk->name);
		disk->fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
		assert_true(disk->fd >= 0);
		if (!ioctl(disk->fd, LOOP_CONFIGURE, &config))
			break;
		assert_int_equal(errno, EBUSY);
		close(disk->fd);
	} while (true);
	close(config.fd);
	close(control);
}

static inline void block_disk_close(struct block_disk *disk)
{
	close(disk->fd);
}

static inline void *block_buffer(void)
{
	static void *buffer;

	if (!buffer)
		assert_int_equal(posix_memalign(&buffer, BLOCK_PAGE, BLOCK_MOST), 0);
	return buffer;
}

static inline void block_read(const struct block_disk *disk, size_t bytes, off_t at)
{
	if (pread(disk->fd, block_buffer(), bytes, at) != (ssize_t)bytes)
		_exit(1);
}

static inline void block_write(const struct block_disk *disk, size_t bytes, off_t at)
{
	memset(block_buffer(), 1, bytes);
	if (pwrite(disk->fd, block_buffer(), bytes, at) != (ssize_t)bytes)
		_exit(1);
}

/* ---- a known delay ---- */

enum { BLOCK_DELAY_MS = 20, BLOCK_DELAYED_READS = 5 };

static inline void block_delayed_set(const struct block_disk *disk, const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", disk->folder, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, value, strlen(value)), strlen(value));
	close(fd);
}

/* A disk of 32 MB whose requests take BLOCK_DELAY_MS at least, by the kernel's timer: null_blk. Skips the
 * test where there are none. */
static inline void block_delayed_open(struct block_disk *disk)
{
	static const char *const settings[][2] = {{"size", "32"}, {"memory_backed", "1"}, {"irqmode", "2"},
		{"completion_nsec", "20000000"}, {"power", "1"}};
	char path[128], index[16] = "";
	int fd;

	if (geteuid() || system("PATH=$PATH:/usr/sbin:/sbin; modprobe null_blk nr_devices=0 2>/dev/null")) {
		print_message("this machine has no null_blk devices, whose delay is known\n");
		skip();
	}
	if (access("/sys/kernel/config/nullb", F_OK))
		assert_int_equal(mount("none", "/sys/kernel/config", "configfs", 0, NULL), 0);
	snprintf(disk->folder, sizeof(disk->folder), "/sys/kernel/config/nullb/bcc%d", getpid());
	assert_int_equal(mkdir(disk->folder, 0755), 0);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		block_delayed_set(disk, settings[i][0], settings[i][1]);
	/* newer kernels call it as its folder is called */
	snprintf(disk->name, sizeof(disk->name), "bcc%d", getpid());
	snprintf(path, sizeof(path), "/dev/%s", disk->name);
	if (access(path, F_OK)) {
		snprintf(path, sizeof(path), "%s/index", disk->folder);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0 && read(fd, index, sizeof(index) - 1) > 0);
		close(fd);
		snprintf(disk->name, sizeof(disk->name), "nullb%d", atoi(index));
		snprintf(path, sizeof(path), "/dev/%s", disk->name);
	}
	disk->fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	assert_true(disk->fd >= 0);
}

static inline void block_delayed_close(struct block_disk *disk)
{
	close(disk->fd);
	block_delayed_set(disk, "power", "0");
	assert_int_equal(rmdir(disk->folder), 0);
}

/* A workload: pages, one after another. */
static inline void block_delayed_read(void *disk)
{
	for (int i = 0; i < BLOCK_DELAYED_READS; i++)
		block_read(disk, BLOCK_PAGE, BLOCK_PAGE * i);
}

/* Whether milliseconds that were waited, one time after another, can be: not longer than all of it took. */
static inline bool block_delayed_fits(double ms, const struct workload *w)
{
	return ms <= w->seconds * 1000 + 1; /* each was rounded */
}

/* How many are in the rows of a log2 histogram of milliseconds, all of which must be of the delay or more. */
static inline long block_delayed_sum(const char *text)
{
	long total = 0, from, to, count;

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (sscanf(at, "%ld -> %ld : %ld |", &from, &to, &count) != 3)
			continue;
		if (count && to < BLOCK_DELAY_MS)
			fail_msg("a request took less than %d ms:\n%s", BLOCK_DELAY_MS, text);
		total += count;
	}
	return total;
}

static inline void block_flush(const struct block_disk *disk)
{
	if (disk->fd < 0 || fsync(disk->fd))
		_exit(1);
}

static inline void block_discard(const struct block_disk *disk, uint64_t bytes, uint64_t at)
{
	if (ioctl(disk->fd, BLKDISCARD, (uint64_t[]){at, bytes}))
		_exit(1);
}

#endif
