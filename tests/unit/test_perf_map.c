/* SPDX-License-Identifier: Apache-2.0 */
/* /tmp/perf-PID.map of JIT compilers: it grows, is rewritten, or is not such a file at all. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "libbcc/symbols/process/perf_map.h"
#include "tests/targets/traced_symbols.h"

static void test_perf_map(void **state)
{
	struct bcc_symbols *s;
	struct traced t;
	char path[64];

	traced_start(&t, TARGETS "/target_pie");
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", t.pid);
	s = open_symbols(&t, NULL);
	expect_name(s, 0x10000, NULL, 0);
	append(path, "10000 40 LazyCompile:~first /app.js:3\n0x10040 0x10 second\nnonsense\n");
	expect_name(s, 0x10000, "LazyCompile:~first /app.js:3", 0);
	expect_name(s, 0x1003f, "LazyCompile:~first /app.js:3", 0x3f);
	expect_name(s, 0x1004f, "second", 0xf);
	expect_name(s, 0x10050, NULL, 0);
	/* half a line is not taken for a whole one */
	append(path, "20000 10 thi");
	expect_name(s, 0x20000, NULL, 0);
	append(path, "rd\n");
	expect_name(s, 0x20008, "third", 8);
	/* code moved, and other code is in its place now */
	append(path, "10010 8 newer\n");
	assert_int_equal(bcc_symbols_refresh(s), 0);
	expect_name(s, 0x1000f, "LazyCompile:~first /app.js:3", 0xf);
	expect_name(s, 0x10010, "newer", 0);
	/* files have priority */
	expect_functions(s, &t);
	/* rewritten, longer than before, as Java does */
	assert_int_equal(truncate(path, 0), 0);
	append(path, "30000 40 a name that was not there before\n10000 40 LazyCompile:~another /app.js:3\n"
		     "20000 10 and one more\n50000 10 to be longer\n60000 10 than what was there\n");
	assert_int_equal(bcc_symbols_refresh(s), 0);
	expect_name(s, 0x30001, "a name that was not there before", 1);
	expect_name(s, 0x10010, "LazyCompile:~another /app.js:3", 0x10);
	/* another file */
	assert_int_equal(unlink(path), 0);
	append(path, "10000 40 again\n");
	assert_int_equal(bcc_symbols_refresh(s), 0);
	expect_name(s, 0x10010, "again", 0x10);
	assert_int_equal(unlink(path), 0);
	bcc_symbols_close(s);
	traced_end(&t);
}

/* A FIFO or a directory of that name must neither block us nor count. */
static void test_perf_map_is_no_file(void **state)
{
	struct bcc_symbols *s;
	struct traced t;
	char path[64];

	traced_start(&t, TARGETS "/target_pie");
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", t.pid);
	assert_int_equal(mkfifo(path, 0600), 0);
	s = open_symbols(&t, NULL);
	expect_name(s, 0x10000, NULL, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	expect_name(s, 0x10000, NULL, 0);
	assert_int_equal(rmdir(path), 0);
	bcc_symbols_close(s);
	traced_end(&t);
}

/* An almost completely sparse one, larger than any disk, which costs nothing to make. */
static void test_perf_map_with_a_hole(void **state)
{
	static const char line[] = "10000 40 before\n";
	struct bcc_perf_map map = {0};
	int fd = memfd_create("map", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, line, sizeof(line) - 1, 0), sizeof(line) - 1);
	assert_int_equal(ftruncate(fd, 1LL << 45), 0);
	assert_true(bcc_perf_map_read(&map, fd));
	assert_int_equal(map.count, 1);
	assert_non_null(bcc_perf_map_at(&map, 0x10000));
	bcc_perf_map_free(&map);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perf_map),
		cmocka_unit_test(test_perf_map_is_no_file),
		cmocka_unit_test(test_perf_map_with_a_hole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
