/* SPDX-License-Identifier: Apache-2.0 */
/* Files that processes run: what a line of maps says, and that each file is found once. */
#include "tool_description.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "tools/lib/mapped.h"

static void test_lines(void **state)
{
	static const struct {
		const char *line, *name;
	} right[] = {
		{"7f46449 7f\n", NULL},
		{"7f464497f000-7f4644ad5000 r-xp 00026000 fe:00 12345    /lib/x86_64-linux-gnu/libc.so.6\n",
			"libc.so.6"},
		{"7f464497f000-7f4644ad5000 r--p 00026000 fe:00 12345    /lib/x86_64-linux-gnu/libc.so.6\n",
			NULL},
		{"7f464497f000-7f4644ad5000 r-xp 00026000 fe:00 12345    /lib/libc.so.6 (deleted)\n",
			"libc.so.6"},
		{"7f464497f000-7f4644ad5000 r-xp 00026000 fe:00 12345    /a b/c d (deleted)", "c d"},
		{"7f464497f000-7f4644ad5000 r-xp 00026000 fe:00 12345    / (deleted)\n", " (deleted)"},
		{"7ffd4d5ee000-7ffd4d5f0000 r-xp 00000000 00:00 0        [vdso]\n", NULL},
		{"7ffd4d5ee000-7ffd4d5f0000 r-xp 00000000 00:00 0 \n", NULL},
		{"7ffd4d5ee000-7ffd4d5f0000 r-xp 00000000 00:05 7        anon_inode\n", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		struct mapped_line parsed;

		assert_int_equal(mapped_parse(right[i].line, &parsed), right[i].name != NULL);
		if (!right[i].name)
			continue;
		assert_string_equal(parsed.name, right[i].name);
		assert_true(parsed.start == 0x7f464497f000 && parsed.end == 0x7f4644ad5000);
		assert_int_equal(parsed.inode, 12345);
		assert_int_equal(parsed.major, 0xfe);
	}
}

#define NAME "mapped-test-file"

static bool is_wanted(const char *name)
{
	return !strncmp(name, NAME, strlen(NAME));
}

static int count_found(void *ctx, const char *path, const char *origin)
{
	assert_memory_equal(path, "/proc/", 6);
	assert_non_null(strstr(path, "/map_files/"));
	assert_memory_equal(origin, NAME, strlen(NAME));
	++*(int *)ctx;
	return 0;
}

static int end_at_first(void *ctx, const char *path, const char *origin)
{
	++*(int *)ctx;
	return -1;
}

static void test_once(void **state)
{
	int found = 0;

	/* two files, the first one mapped twice; both are gone from the disk */
	for (int i = 0; i < 2; i++) {
		char path[] = "/tmp/" NAME "-XXXXXX";
		int fd = mkstemp(path);

		assert_true(fd >= 0);
		assert_int_equal(ftruncate(fd, 4096), 0);
		for (int j = i; j < 2; j++)
			assert_true(
				mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED);
		close(fd);
		unlink(path);
	}
	assert_int_equal(mapped_each(is_wanted, count_found, &found), 0);
	assert_int_equal(found, 2);
	found = 0;
	assert_int_equal(mapped_each(is_wanted, end_at_first, &found), -1);
	assert_int_equal(found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
