/* SPDX-License-Identifier: Apache-2.0 */
/* --filter: which rows a condition lets through, and what is wrong with one. */
#include "tool_description.h"

#include "common/array.h"
#include "tools/lib/expression.h"

struct event {
	uint64_t time;
	uint64_t big;
	int64_t delay;
	int32_t ret;
	bool ok;
	char comm[16];
};

static bool known;

static void get_args(const struct tool_row *row, struct value *value)
{
	value_text(value, "one\0two words", 14);
	value->kind = VALUE_LIST;
}

static void get_maybe(const struct tool_row *row, struct value *value)
{
	if (known)
		value_unsigned(value, 5);
	else
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", 0, ""),
	COLUMN("BIG", 0, big, ""),
	COLUMN_DURATION("LAT(ms)", 0, delay, "", .format = COLUMN_MS),
	COLUMN("RET", 0, ret, ""),
	COLUMN("OK", 0, ok, ""),
	COLUMN("COMM", 0, comm, ""),
	COLUMN("C-PID", 0, ret, ""),
	COLUMN_BY("ARGS", 0, VALUE_LIST, get_args, ""),
	COLUMN_BY("MAYBE", 0, VALUE_UNSIGNED, get_maybe, ""),
	{0},
};

static const struct event event = {
	.big = UINT64_MAX, .delay = 2500000, .ret = -13, .ok = true, .comm = "two (words)"};

static bool matches(const char *text)
{
	struct tool_row row = {.data = &event, .size = sizeof(event)};
	char why[256] = "";
	struct expression *e = expression_new(columns, text, why, sizeof(why));
	bool ret;

	if (!e)
		fail_msg("%s: %s", text, why);
	ret = expression_matches(e, &row);
	expression_free(e);
	return ret;
}

static void test_true(void **state)
{
	static const char *const conditions[] = {"RET == -13", "ret=-13", "ret!=13", "ret < 0 && ret>-14",
		"ret <= -13", "ret >= -0xd", "c-pid == -13", "big == 18446744073709551615",
		"big > 0x7fffffffffffffff", "big > -1", "lat > 2", "lat(ms) == 2.5", "lat < 3ms",
		"lat >= 2500us", "lat == 2500000ns", "ok == yes", "ok != 0", "comm == \"two (words)\"",
		"comm=='two (words)'", "comm ~ ^two", "comm ~ (words)", "comm !~ ^w", "comm < u",
		"args ~ 'e two'", "args == 'one two words'", "ret == 1 || ret == 2 || ok == true",
		"ok==no && ret==1 || ret==-13", "!(ok==no || ret==1)", "!ok == no", "! ! ok == yes",
		"(comm ~ two) && (ret<0)", "(comm~two)", "comm ~ 'o|x' && ok==1"};

	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		if (!matches(conditions[i]))
			fail_msg("%s is not true", conditions[i]);
}

static void test_false(void **state)
{
	static const char *const conditions[] = {"ret == 13", "ret > 0", "big < 5", "big == -1", "lat > 2.5",
		"lat == 2", "ok == no", "comm == two", "comm ~ ^words", "comm !~ two", "args == one",
		"ret == -13 && ok == no", "!(ret < 0)", "ok==no && (ret==1 || ret==-13)"};

	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		if (matches(conditions[i]))
			fail_msg("%s is true", conditions[i]);
}

static void test_unknown(void **state)
{
	known = false;
	assert_false(matches("maybe == 5"));
	assert_false(matches("maybe < 5"));
	assert_true(matches("maybe != 5"));
	known = true;
	assert_true(matches("maybe == 5"));
	assert_false(matches("maybe != 5"));
}

static void test_wrong(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "it ends where a column's name is expected"},
		{"nope == 1", "there is no column 'nope'; see --help"},
		{"ret", "one of == != < <= > >= ~ !~ is missing at the end"},
		{"ret 1", "one of == != < <= > >= ~ !~ is missing before '1'"},
		{"ret ==", "a value is missing at the end"},
		{"ret == && ok == 1", "a value is missing before '&& ok == 1'"},
		{"ret == x", "'x' is not a value of the column 'RET'"},
		{"ret == 99999999999999999999", "'99999999999999999999' is not a value of the column 'RET'"},
		{"lat > 5kg", "'5kg' is not a value of the column 'LAT(ms)'"},
		{"ok == maybe", "'maybe' is not a value of the column 'OK'"},
		{"ret == 1 2", "'2' is left over; && or || joins conditions"},
		{"ret == 1 &&", "it ends where a column's name is expected"},
		{"(ret == 1", "a ')' is missing"},
		{"ret == 1)", "')' is left over; && or || joins conditions"},
		{"comm == \"x", "the closing \" is missing"},
		{"comm ~ [", "'[' is not a regular expression: "},
		{"ret ~ 1", "the column 'RET' is not a text: ~ does not apply"},
		{"time > 1", "the column 'TIME' is a time, which cannot be compared"},
		{"== 1", "a column's name is missing before '== 1'"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char why[256] = "";

		assert_null(expression_new(columns, cases[i].text, why, sizeof(why)));
		if (strncmp(why, cases[i].why, strlen(cases[i].why)))
			fail_msg("%s: '%s' instead of '%s'", cases[i].text, why, cases[i].why);
	}
}

static void test_deep(void **state)
{
	char why[256] = "", text[2048];

	memset(text, '(', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_null(expression_new(columns, text, why, sizeof(why)));
	assert_string_equal(why, "it is nested too deeply");
	memset(text, '!', sizeof(text) - 1);
	assert_null(expression_new(columns, text, why, sizeof(why)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_true),
		cmocka_unit_test(test_false),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
