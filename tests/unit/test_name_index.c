/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/name_index.h"

static void test_found(void **state)
{
	static char names[1000][8];
	struct bcc_name_index index;
	char name[16];

	assert_int_equal(bcc_name_index_init(&index, 1000), 0);
	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(names[i], sizeof(names[i]), "n%u", i * 7 % 1000);
		bcc_name_index_add(&index, names[i], i);
	}
	bcc_name_index_sort(&index);
	for (uint32_t i = 0; i < 1000; i++) {
		const struct bcc_name *found = bcc_name_index_find(&index, names[i]);

		assert_non_null(found);
		assert_int_equal(found->index, i);
		assert_null(bcc_name_index_next(&index, found));
		snprintf(name, sizeof(name), "n%ux", i);
		assert_null(bcc_name_index_find(&index, name));
	}
	assert_null(bcc_name_index_find(&index, ""));
	assert_null(bcc_name_index_find(&index, "z"));
	bcc_name_index_free(&index);
	bcc_name_index_free(&index);
}

static void test_same_name(void **state)
{
	static const char *const names[] = {"b", "a", "b", "c", "b", "c"};
	static const uint32_t numbers[] = {9, 4, 2, 3, 5, 1};
	const struct bcc_name *found;
	struct bcc_name_index index;

	assert_int_equal(bcc_name_index_init(&index, 6), 0);
	for (int i = 0; i < 6; i++)
		bcc_name_index_add(&index, names[i], numbers[i]);
	bcc_name_index_sort(&index);
	found = bcc_name_index_find(&index, "b");
	assert_int_equal(found->index, 2);
	found = bcc_name_index_next(&index, found);
	assert_int_equal(found->index, 5);
	found = bcc_name_index_next(&index, found);
	assert_int_equal(found->index, 9);
	assert_null(bcc_name_index_next(&index, found));
	found = bcc_name_index_find(&index, "c");
	assert_int_equal(found->index, 1);
	found = bcc_name_index_next(&index, found);
	assert_int_equal(found->index, 3);
	assert_null(bcc_name_index_next(&index, found));
	bcc_name_index_free(&index);
}

static void test_empty(void **state)
{
	struct bcc_name_index index;

	assert_int_equal(bcc_name_index_init(&index, 0), 0);
	bcc_name_index_sort(&index);
	assert_null(bcc_name_index_find(&index, ""));
	bcc_name_index_free(&index);
	/* of a handle that nothing was opened with */
	index = (struct bcc_name_index){0};
	assert_null(bcc_name_index_find(&index, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_same_name),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
