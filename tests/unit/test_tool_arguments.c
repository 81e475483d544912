/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of options: what is read, and what is refused. */
#include "tool_description.h"

#include "common/array.h"
#include "tools/lib/unit.h"

static void read_number(const char *text)
{
	argument_number(text, 1, 100);
}

static void read_duration(const char *text)
{
	argument_duration(text, 1000);
}

static void read_user(const char *text)
{
	argument_user(text);
}

static void read_numbers(const char *text)
{
	uint32_t numbers[3];

	argument_numbers(text, 1, 100, numbers, 3);
}

static void test_numbers(void **state)
{
	static const char *const wrong[] = {"", "0", "101", "-1", "+1", " 1", "1 ", "0x1", "1.0", "x",
		"18446744073709551617", "99999999999999999999"};
	uint32_t numbers[3];

	assert_int_equal(argument_number("1", 1, 100), 1);
	assert_int_equal(argument_number("100", 1, 100), 100);
	assert_true(argument_number("18446744073709551615", 0, UINT64_MAX) == UINT64_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_true(is_usage_error(read_number, wrong[i]));
	assert_int_equal(argument_numbers("7", 1, 100, numbers, 3), 1);
	assert_int_equal(argument_numbers("7,8,9", 1, 100, numbers, 3), 3);
	assert_int_equal(numbers[2], 9);
	assert_true(is_usage_error(read_numbers, "1,2,3,4"));
	assert_true(is_usage_error(read_numbers, "1,,2"));
	assert_true(is_usage_error(read_numbers, "1,"));
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t unit, ns;
	} right[] = {{"10", 1000, 10000}, {"0.5", 1000, 500}, {"0", 1, 0}, {"20ms", 1, 20000000},
		{"1.5s", 1, 1500000000}, {"2m", 1, 120000000000}, {"1h", 1, 3600000000000}, {"7us", 1, 7000},
		{"3ns", 1000, 3}, {"1.", 1000, 1000}, {"0.9999999999", 1000000000, 999999999},
		{"0.9999999h", 1, 3599999640000}};
	static const char *const wrong[] = {"", ".5", "x", "1x", "1 ms", "-1", "ms", "1e3",
		"99999999999999999999", "9999999999999999999h", "2305843009213694s"};

	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		assert_int_equal(argument_duration(right[i].text, right[i].unit), right[i].ns);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (!is_usage_error(read_duration, wrong[i]))
			fail_msg("'%s' is accepted", wrong[i]);
}

static void test_users(void **state)
{
	assert_int_equal(argument_user("root"), 0);
	assert_int_equal(argument_user("1234"), 1234);
	assert_true(argument_user("4294967295") == UINT32_MAX);
	assert_true(is_usage_error(read_user, "no-such-user"));
	assert_true(is_usage_error(read_user, "4294967296"));
	assert_true(is_usage_error(read_user, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
