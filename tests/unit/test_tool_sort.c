/* SPDX-License-Identifier: Apache-2.0 */
/* --sort: by numbers, durations and texts, both ways, by several columns, with values that are not known. */
#include "tool_description.h"

#include "tools/lib/sort.h"

struct event {
	int64_t number;
	uint64_t large, ns;
	char text[8];
};

/* In a buffer that the next value overwrites. */
static void get_text(const struct tool_row *row, struct value *value)
{
	static char buffer[8];

	memcpy(buffer, ((const struct event *)row->data)->text, sizeof(buffer));
	value_text(value, buffer, strlen(buffer));
	if (!*buffer)
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN("NUMBER", 0, number, "a signed number"),
	COLUMN("LARGE", 0, large, "an unsigned one"),
	COLUMN_DURATION("LAT(ms)", 0, ns, "a duration"),
	COLUMN_BY("TEXT", 0, VALUE_TEXT, get_text, "a text, or nothing"),
	{0},
};

static const struct event events[] = {
	{-5, 7, 300, "b"},
	{3, UINT64_MAX, 20, ""},
	{-5, 0, 100, "a"},
	{9, 7, 1000, "ab"},
};

static struct sort *sort;

static int compare(const void *a, const void *b)
{
	return sort_compare(sort, a, b);
}

static void check(const char *by, const char *expected)
{
	struct tool_row rows[4];
	char why[128], order[8] = "";

	for (int i = 0; i < 4; i++)
		rows[i] = (struct tool_row){.data = &events[i], .size = sizeof(events[i])};
	sort = sort_new(columns, by, why, sizeof(why));
	assert_non_null(sort);
	qsort(rows, 4, sizeof(rows[0]), compare);
	for (int i = 0; i < 4; i++)
		order[i] = '0' + ((const struct event *)rows[i].data - events);
	assert_string_equal(order, expected);
	sort_free(sort);
}

static void test_orders(void **state)
{
	check("number,large", "2013");
	check("-NUMBER,-large", "3102");
	check("-number,large", "3120");
	check("large,lat", "2031");
	check("-lat", "3021");
	check("LAT(ms)", "1203");
	/* what is not known is last in both directions */
	check("text", "2301");
	check("-text", "0321");
	assert_int_equal(sort_compare(NULL, NULL, NULL), 0);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"", "nosuch", "number,", ",number", "--number", "number,,large",
		"number,number,number,number,number,number,number,number,number,number,number,number,number,"
		"number,number,number,number"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char why[128] = "";

		assert_null(sort_new(columns, wrong[i], why, sizeof(why)));
		assert_string_not_equal(why, "");
	}
}

/* As keys on a screen change it. */
static void test_first(void **state)
{
	const struct tool_row small = {.data = &events[0]}, large = {.data = &events[3]};
	bool greatest_first;
	char why[128];
	struct sort *s;

	assert_null(sort_first(NULL, &greatest_first));
	assert_true(greatest_first);
	s = sort_new(columns, "-lat,text", why, sizeof(why));
	assert_ptr_equal(sort_first(s, &greatest_first), &columns[2]);
	assert_true(greatest_first);
	assert_true(sort_compare(s, &small, &large) > 0);
	sort_free(s);
	s = sort_by(&columns[2], false);
	assert_ptr_equal(sort_first(s, &greatest_first), &columns[2]);
	assert_false(greatest_first);
	assert_true(sort_compare(s, &small, &large) < 0);
	sort_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
