/* SPDX-License-Identifier: Apache-2.0 */
/* Disks of a test's own, for the tools about block devices. */
#ifndef TESTS_KERNEL_BLOCK_RUN_H
#define TESTS_KERNEL_BLOCK_RUN_H

#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "tool_run.h"

enum { BLOCK_DISK_BYTES = 8 << 20, BLOCK_PAGE = 4096, BLOCK_MOST = 1 << 20 };

struct block_disk {
	int fd;
	char name[32]; /* "loop0" */
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
