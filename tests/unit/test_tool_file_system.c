/* SPDX-License-Identifier: Apache-2.0 */
/* Types of file systems by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tools/lib/file_system.h"

static void test_find(void **state)
{
	const struct file_system *fs = file_system_find("nfs");

	assert_non_null(fs);
	assert_string_equal(fs->label, "NFS");
	assert_string_equal(fs->types[1], "nfs4");
	assert_null(fs->types[2]);
	assert_string_equal(fs->functions[FILE_SYSTEM_OPEN_TOO], "nfs4_file_open");
	assert_string_equal(fs->functions[FILE_SYSTEM_OPEN_BY_NAME], "nfs_atomic_open");
	assert_string_equal(file_system_find("ext4")->functions[FILE_SYSTEM_FSYNC], "ext4_sync_file");
	assert_null(file_system_find("ext4")->functions[FILE_SYSTEM_OPEN_TOO]);
	assert_null(file_system_find("EXT4"));
	assert_null(file_system_find(""));
}

/* Each name that is told is one that is found. */
static void test_names(void **state)
{
	char names[256], *rest = names, *name;
	int count = 0;

	assert_true(strlen(file_system_names()) < sizeof(names));
	strcpy(names, file_system_names());
	while ((name = strsep(&rest, ","))) {
		name += strspn(name, " ");
		assert_non_null(file_system_find(name));
		assert_string_equal(file_system_find(name)->name, name);
		count++;
	}
	assert_true(count >= 7);
}

static void test_known(void **state)
{
	static const struct file_system proc = {.types = {"none such", "proc"}}, none = {.types = {"pro"}};

	assert_true(file_system_is_known(&proc));
	assert_false(file_system_is_known(&none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
