/* SPDX-License-Identifier: Apache-2.0 */
/* A file on a disk with a known delay, for the tools about what files let processes wait for. */
#ifndef TESTS_KERNEL_SLOW_FILE_H
#define TESTS_KERNEL_SLOW_FILE_H

#include "block_run.h"
#include "own_file_system.h"

struct slow_file {
	struct block_disk disk;
	struct own_file_system fs;
	char path[64];
	bool fast_reads; /* and as many reads behind the end, which wait for nothing */
};

static inline void slow_file_make(struct slow_file *file)
{
	int fd;

	own_mounts();
	block_delayed_open(&file->disk);
	own_file_system_make_on(&file->fs, "ext4", "-q -O ^has_journal", file->disk.name);
	snprintf(file->path, sizeof(file->path), "%s/slow", file->fs.mounted);
	fd = open(file->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, block_buffer(), BLOCK_DELAYED_READS * BLOCK_PAGE),
		BLOCK_DELAYED_READS * BLOCK_PAGE);
	assert_int_equal(fsync(fd), 0);
	close(fd);
}

static inline void slow_file_remove(struct slow_file *file)
{
	own_file_system_remove(&file->fs);
	block_delayed_close(&file->disk);
}

/* A workload: its pages, one after another, not from the page cache. */
static inline void slow_file_read(void *ctx)
{
	struct slow_file *file = ctx;
	struct block_disk opened = {.fd = open(file->path, O_RDONLY | O_DIRECT | O_CLOEXEC)};

	block_delayed_read(&opened);
	for (int i = 0; i < BLOCK_DELAYED_READS && file->fast_reads; i++)
		if (pread(opened.fd, block_buffer(), BLOCK_PAGE, BLOCK_MOST) != 0)
			_exit(1);
	close(opened.fd);
}

#endif
