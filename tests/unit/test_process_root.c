/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that a traced process chooses may lead anywhere: what is neither a file nor a directory is never
 * opened. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/symbols.h>

#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/process/process_root.h"

static const struct bcc_root own = {.fd = -1};

/* A directory of the test's own, and a path in it. */
struct place {
	char folder[32], path[64];
};

static void make_place(struct place *p, const char *name)
{
	strcpy(p->folder, "/tmp/root-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/%s", p->folder, name);
}

static void remove_place(const struct place *p)
{
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(rmdir(p->folder), 0);
}

/* Watches for the path being opened from now on. */
static int watch(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	assert_true(fd >= 0);
	assert_true(inotify_add_watch(fd, path, IN_OPEN) >= 0);
	return fd;
}

static bool was_opened(int watched)
{
	char events[4096];

	return read(watched, events, sizeof(events)) > 0;
}

static void test_regular(void **state)
{
	char text[8] = "";
	struct place p;
	int fd;

	make_place(&p, "file");
	fd = open(p.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
	fd = bcc_root_open_file(&own, p.path);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_ACCMODE | O_PATH), O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	close(fd);
	fd = bcc_root_open_file(&own, p.folder);
	assert_true(fd >= 0);
	close(fd);
	remove_place(&p);
	assert_int_equal(bcc_root_open_file(&own, p.path), -ENOENT);
}

static void test_fifo(void **state)
{
	struct place p;
	struct bcc_binary binary;
	int watched;

	make_place(&p, "fifo");
	assert_int_equal(mkfifo(p.path, 0600), 0);
	watched = watch(p.path);
	assert_int_equal(bcc_root_open_file(&own, p.path), -ENOEXEC);
	assert_int_equal(bcc_binary_open(NULL, p.path, 0, &binary), -ENOEXEC);
	assert_false(was_opened(watched));
	close(watched);
	remove_place(&p);
}

/* A perf map that is a link to a device. */
static void test_perf_map(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	char map[64];
	struct place p;
	int watched;

	make_place(&p, "fifo");
	assert_int_equal(mkfifo(p.path, 0600), 0);
	snprintf(map, sizeof(map), "/tmp/perf-%d.map", getpid());
	assert_int_equal(symlink(p.path, map), 0);
	watched = watch(p.path);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_symbols_resolve(s, 16, &info), -ENOENT);
	assert_int_equal(bcc_symbols_refresh(s), 0);
	assert_false(was_opened(watched));
	bcc_symbols_close(s);
	assert_int_equal(unlink(map), 0);
	close(watched);
	remove_place(&p);
}

/* A device that the process has mapped as code: opened neither by its path nor through the mapping. */
static void test_mapped_device(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	struct place p;
	void *mapped;
	int fd, watched;

	make_place(&p, "zero");
	fd = mknod(p.path, S_IFCHR | 0600, makedev(1, 5)) ? -1 : open(p.path, O_RDONLY | O_CLOEXEC);
	mapped = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (mapped == MAP_FAILED) {
		printf("SKIP: this user cannot make devices here\n");
		unlink(p.path);
		rmdir(p.folder);
		skip();
	}
	watched = watch(p.path);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_symbols_resolve(s, (uintptr_t)mapped, &info), -ENOENT);
	assert_string_equal(info.module, p.path);
	assert_false(was_opened(watched));
	bcc_symbols_close(s);
	munmap(mapped, 4096);
	close(fd);
	close(watched);
	remove_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regular),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_perf_map),
		cmocka_unit_test(test_mapped_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
