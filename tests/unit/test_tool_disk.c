/* SPDX-License-Identifier: Apache-2.0 */
/* Block devices by number and by name, from a sysfs of our own. */
#include "tool_description.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "tools/lib/disk.h"

static char sysfs[] = "/tmp/bcc-disk-XXXXXX";

static void make_device(const char *name, const char *numbers)
{
	char path[256], target[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/dev/block/%s", sysfs, numbers);
	snprintf(target, sizeof(target), "../../devices/bus/block/%s", name);
	assert_int_equal(symlink(target, path), 0);
	snprintf(path, sizeof(path), "%s/class/block/%s", sysfs, name);
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/dev");
	f = fopen(path, "w");
	assert_non_null(f);
	if (f) {
		fprintf(f, "%s\n", numbers);
		fclose(f);
	}
}

static int set_up(void **state)
{
	static const char *const folders[] = {"dev", "dev/block", "class", "class/block"};
	char path[256];

	assert_non_null(mkdtemp(sysfs));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", sysfs, folders[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	make_device("sda", "8:0");
	make_device("sda1", "8:1");
	make_device("cciss!c0d0", "104:0");
	make_device("nvme0n1p3", "259:1048575");
	disk_set_sysfs(sysfs);
	return 0;
}

static int tear_down(void **state)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -r %s", sysfs);
	return system(command);
}

static void check_value(uint32_t device, const char *expected)
{
	struct value value = {0};

	disk_value(&value, device);
	assert_int_equal(value.kind, VALUE_TEXT);
	assert_int_equal(value.length, strlen(expected));
	assert_memory_equal(value.text, expected, value.length);
}

/* Until what is kept is old, however long that takes here. */
static void wait_kept(void)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		usleep(DISK_KEPT_NS / 1000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (
		(now.tv_sec - begin.tv_sec) * 1000000000 + now.tv_nsec - begin.tv_nsec <= (long)DISK_KEPT_NS);
}

static void test_values(void **state)
{
	struct value value = {.kind = VALUE_TEXT};
	char path[256];

	check_value(DISK_NUMBER(8, 0), "sda");
	check_value(DISK_NUMBER(8, 1), "sda1");
	check_value(DISK_NUMBER(104, 0), "cciss/c0d0");
	check_value(DISK_NUMBER(259, 1048575), "nvme0n1p3");
	check_value(DISK_NUMBER(9, 127), "9:127");
	/* others' names are kept beside them */
	check_value(DISK_NUMBER(8, 0), "sda");
	disk_value(&value, 0);
	assert_int_equal(value.kind, VALUE_NONE);
	/* a number that is another device's now */
	make_device("md127", "9:127");
	wait_kept();
	check_value(DISK_NUMBER(9, 127), "md127");
	snprintf(path, sizeof(path), "%s/dev/block/9:127", sysfs);
	unlink(path);
	wait_kept();
	check_value(DISK_NUMBER(9, 127), "9:127");
}

static void check_found(const char *name, uint32_t expected)
{
	uint32_t device = 0;

	assert_true(disk_find(name, &device));
	assert_int_equal(device, expected);
}

static void find_option(const char *name)
{
	disk_option("only_disk", name);
}

static void test_find(void **state)
{
	static const char *const wrong[] = {"", "sdb", "/dev/null", "/none", "8", "8:", ":1", "8:-1", "8: 1",
		"+8:1", "8:1x", "4096:0", "8:1048576", "..", "../block/sda"};
	uint32_t device;

	check_found("sda", DISK_NUMBER(8, 0));
	check_found("cciss/c0d0", DISK_NUMBER(104, 0));
	check_found("nvme0n1p3", DISK_NUMBER(259, 1048575));
	check_found("7:12", DISK_NUMBER(7, 12));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (disk_find(wrong[i], &device))
			fail_msg("'%s' is accepted", wrong[i]);
	assert_true(is_usage_error(find_option, "sdb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
