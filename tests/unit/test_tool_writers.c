/* SPDX-License-Identifier: Apache-2.0 */
/* One record with a value of each kind, as a table, as JSON, and as CSV; and which columns are shown. */
#include <time.h>

#include "tool_description.h"

#include "common/array.h"
#include "tools/lib/writer.h"

struct event {
	uint64_t time;
	int32_t ret;
	uint32_t flags;
	int64_t delay;
	uint64_t bytes;
	bool ok;
	char comm[16];
};

static const char *args;
static size_t args_size;
static bool args_more;

static void get_args(const struct tool_row *row, struct value *value)
{
	value_text(value, args, args_size);
	value->kind = VALUE_LIST;
	value->more = args_more;
}

static void get_nothing(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_NONE;
}

static void get_real(const struct tool_row *row, struct value *value)
{
	value->real = 0.125;
}

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -10, "", .format = COLUMN_SECONDS, .digits = 3, .tight = true, .hidden = true),
	COLUMN_TIME("TIME", -9, "", .hidden = true),
	COLUMN("RET", 4, ret, ""),
	COLUMN("FLAGS", -8, flags, "", .format = COLUMN_OCTAL, .digits = 6),
	COLUMN_DURATION("LAT(ms)", 8, delay, "", .format = COLUMN_MS, .digits = 2),
	COLUMN("SIZE(KB)", 0, bytes, "", .format = COLUMN_KB),
	COLUMN("OK", 0, ok, ""),
	COLUMN("COMM", -6, comm, "", .cut = 8),
	COLUMN_BY("NONE", 0, VALUE_UNSIGNED, get_nothing, ""),
	COLUMN_BY("SHARE", 0, VALUE_REAL, get_real, "", .digits = 2),
	COLUMN_BY("ARGS", 0, VALUE_LIST, get_args, ""),
	COLUMN_BY("QUOTED", 0, VALUE_LIST, get_args, "", .heading = "ARGS", .json = "args",
		.format = COLUMN_QUOTED, .hidden = true),
	COLUMN_TIME("TIME(ms)", -6, "", .format = COLUMN_MS, .digits = 1, .hidden = true),
	COLUMN_TIME("TIME(us)", 0, "", .format = COLUMN_US, .hidden = true),
	COLUMN("RET_HEX", 8, ret, "", .format = COLUMN_HEX, .hidden = true),
	COLUMN("DELAY_HEX", 0, delay, "", .format = COLUMN_HEX, .digits = 2, .hidden = true),
	{0},
};

static const struct event first = {.time = 5000000000,
				  .ret = -2,
				  .flags = 0101,
				  .delay = 1500000,
				  .bytes = 4096,
				  .ok = true,
				  .comm = "a,\"b\"\n"},
			  second = {.time = 5250000000,
				  .ret = 7,
				  .delay = -5,
				  .comm = "gr\xc3\xbc\xc3\x9f\xff\xff"};

static void write_both(struct writer *w)
{
	writer_header(w);
	args = "one\0two words\0say \"hi\"";
	args_size = 23;
	args_more = true;
	writer_row(w, &(struct tool_row){.data = &first, .size = sizeof(first)});
	args = "x";
	args_size = 2;
	args_more = false;
	writer_row(w, &(struct tool_row){.data = &second, .size = sizeof(second)});
	buffer_char(&w->out, '\0');
}

static void check(enum writer_format format, const char *changes, const char *names, const char *expected)
{
	struct writer w;

	assert_null(writer_init(&w, format, columns, changes, names));
	w.time_format = format == WRITER_TABLE ? -1 : CLOCK_BOOT;
	write_both(&w);
	assert_string_equal(w.out.data, expected);
	writer_free(&w);
}

static void test_table(void **state)
{
	check(WRITER_TABLE, NULL, NULL,
		" RET FLAGS     LAT(ms) SIZE(KB) OK COMM   NONE SHARE ARGS\n"
		"  -2 000101       1.50 4 yes a,\"b\"\\n - 0.12 one two words say \"hi\" ...\n"
		"   7 000000       0.00 0 no gr\xc3\xbc\xc3\x9f\\xff\\xff - 0.12 x\n");
	check(WRITER_TABLE, " TIME(s) -SIZE(KB) -NONE -SHARE -FLAGS -OK -COMM QUOTED -ARGS", NULL,
		"TIME(s)    RET  LAT(ms) ARGS\n"
		"0.000       -2     1.50 \"one\" \"two words\" \"say \\\"hi\\\"\" \"...\"\n"
		"0.250        7     0.00 \"x\"\n");
	check(WRITER_TABLE, NULL, "time(ms),time(us)", "TIME(ms) TIME(us)\n0.0    0\n250.0  250000\n");
	check(WRITER_TABLE, NULL, "comm,ret",
		"COMM    RET\na,\"b\"\\n   -2\ngr\xc3\xbc\xc3\x9f\\xff\\xff    7\n");
}

/* A negative number in another base than ten is as wide as its member. */
static void test_signed_hex(void **state)
{
	check(WRITER_TABLE, NULL, "ret_hex,delay_hex",
		" RET_HEX DELAY_HEX\nfffffffe 16e360\n       7 fffffffffffffffb\n");
	check(WRITER_JSON, NULL, "ret_hex,delay_hex",
		"{\"ret_hex\":-2,\"delay_hex\":1500000}\n{\"ret_hex\":7,\"delay_hex\":-5}\n");
}

static void test_csv(void **state)
{
	check(WRITER_CSV, "TIME", NULL,
		"TIME,RET,FLAGS,LAT(ms),SIZE(KB),OK,COMM,NONE,SHARE,ARGS\n"
		"5.000000000,-2,000101,1.50,4,yes,\"a,\"\"b\"\"\n\",,0.12,\"one two words say \"\"hi\"\"\"\n"
		"5.250000000,7,000000,0.00,0,no,gr\xc3\xbc\xc3\x9f\xff\xff,,0.12,x\n");
}

static void test_json(void **state)
{
	struct writer w;

	assert_null(writer_init(&w, WRITER_JSON, columns, "-SHARE QUOTED", NULL));
	w.time_format = CLOCK_BOOT;
	write_both(&w);
	/* the nanoseconds are those since 1970, which differ from run to run */
	for (char *at = w.out.data; (at = strstr(at, "\"time_ns\":"));)
		for (at += 10; *at != ','; at++)
			*at = '0';
	assert_string_equal(w.out.data,
		"{\"time\":\"5.000000000\",\"time_ns\":0000000000000000000,\"ret\":-2,\"flags\":65,\"lat_ns\":1500000,"
		"\"size_bytes\":4096,\"ok\":true,\"comm\":\"a,\\\"b\\\"\\n\",\"none\":null,"
		"\"args\":[\"one\",\"two words\",\"say \\\"hi\\\"\"],\"args_truncated\":true}\n"
		"{\"time\":\"5.250000000\",\"time_ns\":0000000000000000000,\"ret\":7,\"flags\":0,\"lat_ns\":-5,"
		"\"size_bytes\":0,\"ok\":false,\"comm\":\"gr\xc3\xbc\xc3\x9f\xef\xbf\xbd\xef\xbf\xbd\",\"none\":null,"
		"\"args\":[\"x\"],\"comm_hex\":\"6772c3bcc39fffff\"}\n");
	writer_free(&w);
	/* named columns are all there is */
	assert_null(writer_init(&w, WRITER_JSON, columns, NULL, "ret,SHARE"));
	write_both(&w);
	assert_string_equal(w.out.data, "{\"ret\":-2,\"share\":0.125}\n{\"ret\":7,\"share\":0.125}\n");
	writer_json_start(&w, "test", "1.2.3", "6.1");
	writer_json_lost(&w, "lost", 17);
	buffer_char(&w.out, '\0');
	assert_string_equal(strchr(w.out.data, '\0') + 1,
		"{\"schema\":1,\"tool\":\"test\",\"version\":\"1.2.3\",\"kernel\":\"6.1\"}\n{\"lost\":17}\n");
	writer_free(&w);
}

/* What stands between columns, lines below the row, and columns that are only for people. */
static void test_joined_columns(void **state)
{
	static const struct tool_column joined[] = {
		COLUMN_BY("ARGS", 0, VALUE_LIST, get_args, "", .below = "\t"),
		COLUMN("RET", -4, ret, "", .after = " > ", .heading_after = " - "),
		COLUMN("COMM", -4, comm, "", .after = "", .not_in_json = true),
		COLUMN("FLAGS", 0, flags, ""),
		{0},
	};
	static const struct tool_column tight[] = {
		COLUMN("RET", 0, ret, ""),
		COLUMN_BY("ARGS", 0, VALUE_LIST, get_args, "", .below = "  ", .tight = true),
		{0},
	};
	struct writer w;

	assert_null(writer_init(&w, WRITER_TABLE, joined, NULL, NULL));
	write_both(&w);
	assert_string_equal(w.out.data, "RET  - COMMFLAGS\n"
					"-2   > a,\"b\"\\n65\n\tone\n\ttwo words\n\tsay \"hi\"\n\t...\n\n"
					"7    > gr\xc3\xbc\xc3\x9f\\xff\\xff0\n\tx\n\n");
	writer_free(&w);
	assert_null(writer_init(&w, WRITER_JSON, joined, "-ARGS", NULL));
	write_both(&w);
	assert_string_equal(w.out.data, "{\"ret\":-2,\"flags\":65}\n{\"ret\":7,\"flags\":0}\n");
	writer_free(&w);
	assert_null(writer_init(&w, WRITER_JSON, joined, NULL, "comm"));
	writer_row(&w, &(struct tool_row){.data = &first, .size = sizeof(first)});
	buffer_char(&w.out, '\0');
	assert_string_equal(w.out.data, "{\"comm\":\"a,\\\"b\\\"\\n\"}\n");
	writer_free(&w);
	/* without the empty line */
	assert_null(writer_init(&w, WRITER_TABLE, tight, NULL, NULL));
	write_both(&w);
	assert_string_equal(w.out.data, "RET\n-2\n  one\n  two words\n  say \"hi\"\n  ...\n7\n  x\n");
	writer_free(&w);
}

static void test_wrong_columns(void **state)
{
	static const struct {
		const char *names, *wrong;
	} cases[] = {{"ret,nope,ok", "nope,ok"}, {"", ""}, {",", ","}, {"ret,", NULL}, {"re", "re"}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct column_choice choice;
		const char *wrong = column_choose(&choice, columns, NULL, cases[i].names);

		if (cases[i].wrong)
			assert_string_equal(wrong, cases[i].wrong);
		else
			assert_null(wrong);
		column_choice_free(&choice);
	}
	/* options speak of columns that other views have */
	check(WRITER_CSV, "-NOPE NOPE2 -TIME(s) -ARGS -COMM", "ret", "RET\n-2\n7\n");
	/* with and without the unit; the exact name is better */
	assert_ptr_equal(column_find(columns, "time(s)", 7), &columns[0]);
	assert_ptr_equal(column_find(columns, "Time", 4), &columns[1]);
	assert_ptr_equal(column_find(columns, "lat", 3), &columns[4]);
}

static void check_time(enum clock_format format, const char *expected)
{
	struct buffer b = {0};

	/* 2026-01-31 23:59:59.123456789 UTC */
	clock_add(&b, 1769903999123456789 - clock_epoch(0), format);
	buffer_char(&b, '\0');
	assert_string_equal(b.data, expected);
	buffer_free(&b);
}

static void test_times(void **state)
{
	setenv("TZ", "Asia/Kolkata", 1);
	tzset();
	check_time(CLOCK_UTC, "23:59:59");
	check_time(CLOCK_UTC_MS, "23:59:59.123");
	check_time(CLOCK_UTC_US, "23:59:59.123456");
	check_time(CLOCK_RFC3339, "2026-01-31T23:59:59.123456789Z");
	check_time(CLOCK_EPOCH, "1769903999.123456789");
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	check_time(CLOCK_LOCAL, "05:29:59");
	check_time(CLOCK_LOCAL_MS, "05:29:59.123");
	check_time(CLOCK_LOCAL_US, "05:29:59.123456");
	assert_int_equal(clock_format_find("utc-us"), CLOCK_UTC_US);
	assert_int_equal(clock_format_find("utc-"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_signed_hex),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_joined_columns),
		cmocka_unit_test(test_wrong_columns),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
