/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs of lists, in which numbers may be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/cpu_list.h"

static int add(void *ctx, int cpu)
{
	sprintf((char *)ctx + strlen(ctx), "%d ", cpu);
	return 0;
}

static void test_lists(void **state)
{
	static const struct {
		const char *list, *cpus;
	} cases[] = {
		{"0\n", "0 "},
		{"0-3\n", "0 1 2 3 "},
		{"0,2-3,8", "0 2 3 8 "},
		{"5-5,7\n", "5 7 "},
		{"", ""},
		{"\n", ""},
		{"x", ""},
		{"-3", ""},
		{"1,,3", "1 "},
		{"1-", ""},
		{"3-1,5", ""},
		{"1,2x,3", "1 2 "},
		{"1,99999999999999999999", "1 "},
		{"4,0-99999999999999999999", "4 "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char cpus[64] = "";

		assert_int_equal(bcc_cpu_list_each(cases[i].list, add, cpus), 0);
		assert_string_equal(cpus, cases[i].cpus);
	}
}

static int stop_at_two(void *ctx, int cpu)
{
	++*(int *)ctx;
	return cpu == 2 ? -7 : 0;
}

static void test_stops(void **state)
{
	int seen = 0;

	assert_int_equal(bcc_cpu_list_each("0-9", stop_at_two, &seen), -7);
	assert_int_equal(seen, 3);
}

static int greatest(void *ctx, int cpu)
{
	*(int *)ctx = cpu > *(int *)ctx ? cpu : *(int *)ctx;
	return 0;
}

static void test_of_this_machine(void **state)
{
	int online = -1;

	assert_int_equal(bcc_cpus_each("online", greatest, &online), 0);
	assert_in_range(online, 0, bcc_cpus_end("online") - 1);
	assert_in_range(bcc_cpus_end("online"), 1, bcc_cpus_end("present"));
	assert_in_range(bcc_cpus_end("present"), 1, bcc_cpus_end("possible"));
	/* without such a list, as many as there are */
	assert_true(bcc_cpus_end("no such list") >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_of_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
