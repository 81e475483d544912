/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/sorted_search.h"

static void test_none(void **state)
{
	const int *none = NULL;

	/* nothing is evaluated */
	assert_int_equal(bcc_partition_point(i, 0, none[i] < 1), 0);
}

static void test_one(void **state)
{
	static const int one[] = {5};

	assert_int_equal(bcc_partition_point(i, 1, one[i] < 5), 0);
	assert_int_equal(bcc_partition_point(i, 1, one[i] <= 5), 1);
}

/* Every position for every count, including the ends: all are before, none is. */
static void test_places(void **state)
{
	for (size_t count = 0; count < 70; count++)
		for (size_t place = 0; place <= count; place++)
			assert_int_equal(bcc_partition_point(i, count, i < place), place);
}

static void test_equal_ones(void **state)
{
	static const int numbers[] = {1, 3, 3, 3, 3, 4, 7, 7, 9, 9, 9};
	const size_t count = ARRAY_SIZE(numbers);

	for (int number = 0; number <= 10; number++) {
		size_t below = 0, up_to = 0;

		for (size_t i = 0; i < count; i++) {
			below += numbers[i] < number;
			up_to += numbers[i] <= number;
		}
		assert_int_equal(bcc_partition_point(i, count, numbers[i] < number), below);
		assert_int_equal(bcc_partition_point(i, count, numbers[i] <= number), up_to);
	}
}

static void test_large_counts(void **state)
{
	static const size_t places[] = {0, 1, UINT32_MAX, (size_t)UINT32_MAX + 1, SIZE_MAX / 2,
		SIZE_MAX / 2 + 1, SIZE_MAX - 1, SIZE_MAX};

	for (size_t p = 0; p < ARRAY_SIZE(places); p++) {
		size_t steps = 0;

		assert_int_equal(bcc_partition_point(i, SIZE_MAX, (steps++, i < places[p])), places[p]);
		assert_in_range(steps, 63, 64);
	}
}

/* Arguments that are expressions; the count is evaluated once. */
static void test_expressions(void **state)
{
	size_t most = 9, evaluated = 0;

	assert_int_equal(1 + bcc_partition_point(i, most > 5 ? 5 : most, i < 7 || i == 8), 6);
	assert_int_equal(bcc_partition_point(i, (evaluated++, most), i < 4), 4);
	assert_int_equal(evaluated, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_equal_ones),
		cmocka_unit_test(test_large_counts),
		cmocka_unit_test(test_expressions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
