/* SPDX-License-Identifier: Apache-2.0 */
/* Of entries that count up, what was added since the last look. */
#include "tool_description.h"

#include "tools/lib/counters.h"

struct record {
	uint32_t key, unused;
	uint64_t count, sum, largest;
};

static const struct counters_layout layout = {
	.bytes = sizeof(struct record), .key_bytes = 4, .offset = 8, .counters = 2};

static void check(struct counters *c, const struct record *records, size_t count,
	const struct record *expected, size_t expected_count)
{
	struct record copy[4];

	if (count)
		memcpy(copy, records, count * sizeof(*records));
	assert_int_equal(counters_subtract(c, &layout, (char *)copy, count), expected_count);
	if (expected_count)
		assert_memory_equal(copy, expected, expected_count * sizeof(*expected));
}

static void test_differences(void **state)
{
	struct record first[] = {{9, 0, 1, 10, 5}, {3, 1, 2, 20, 6}},
		      second[] = {{3, 2, 2, 20, 6}, {256, 0, 7, 70, 1}, {9, 0, 4, 15, 8}},
		      second_added[] = {{256, 0, 7, 70, 1}, {9, 0, 3, 5, 8}},
		      third[] = {{9, 0, 5, UINT64_MAX, 8}, {256, 0, 7, 70, 1}, {3, 0, 3, 20, 6}},
		      third_added[] = {{9, 0, 1, UINT64_MAX - 15, 8}, {3, 0, 1, 0, 6}};
	struct counters c = {0};

	check(&c, NULL, 0, NULL, 0);
	check(&c, first, 2, first, 2);
	check(&c, second, 3, second_added, 2);
	check(&c, second, 3, NULL, 0);
	check(&c, third, 3, third_added, 2);
	/* what went comes back as new */
	check(&c, NULL, 0, NULL, 0);
	check(&c, first, 2, first, 2);
	counters_free(&c);
}

/* A table has dropped an entry, which has come back since. */
static void test_dropped(void **state)
{
	struct record first[] = {{3, 1, 2, 20, 6}, {9, 0, 100, 1000, 5}},
		      second[] = {{3, 2, 3, 21, 6}, {9, 0, 2, 1001, 5}},
		      second_added[] = {{3, 2, 1, 1, 6}, {9, 0, 2, 1001, 5}},
		      third[] = {{3, 2, 3, 21, 6}, {9, 0, 5, 1002, 5}}, third_added[] = {{9, 0, 3, 1, 5}};
	struct counters c = {0};

	check(&c, first, 2, first, 2);
	check(&c, second, 2, second_added, 2);
	check(&c, third, 2, third_added, 1);
	counters_free(&c);
}

static void test_unchanged(void **state)
{
	struct counters_layout all = layout;
	struct record records[] = {{9, 0, 1, 10, 5}, {3, 1, 0, 0, 6}},
		      again[] = {{9, 0, 1, 10, 5}, {3, 1, 2, 2, 6}};
	struct counters c = {0};

	all.keep_unchanged = true;
	assert_int_equal(counters_subtract(&c, &all, (char *)records, 2), 2);
	assert_int_equal(records[1].count, 0);
	assert_int_equal(counters_subtract(&c, &all, (char *)again, 2), 2);
	assert_int_equal(again[0].count, 0);
	assert_int_equal(again[0].sum, 0);
	assert_int_equal(again[0].largest, 5);
	assert_int_equal(again[1].count, 2);
	counters_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
