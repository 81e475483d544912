/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms show what was added since the look before, by sections, in each format. */
#include "tool_description.h"

#include "tools/lib/hist.h"
#include "tools/lib/hist_heatmap.h"
#include "tools/lib/hist_picture.h"

struct key {
	uint64_t section, slot;
};

static const struct tool_column section = HIST_SECTION("pid", "process"), none[] = {{0}};
static const struct tool_view plain = {.kind = TOOL_HISTOGRAM, .unit = "usecs"},
			      sections = {.kind = TOOL_HISTOGRAM, .unit = "usecs", .section = &section},
			      linear = {.kind = TOOL_HISTOGRAM, .unit = "runqlen", .linear = true},
			      stepped = {.kind = TOOL_HISTOGRAM, .unit = "MHz", .linear = true, .step = 200};

static void add(struct hist *h, uint64_t in, uint64_t slot, uint64_t count)
{
	hist_add(h, &(struct key){.section = in, .slot = slot}, count);
}

static void check(
	struct hist *h, enum writer_format format, const struct tool_view *view, const char *expected)
{
	struct writer w;

	assert_null(writer_init(&w, format, none, NULL, NULL));
	w.time_format = CLOCK_BOOT;
	hist_write(h, &w, view, 1500000000);
	buffer_char(&w.out, '\0');
	assert_string_equal(w.out.data, expected);
	writer_free(&w);
}

#define STARS40 "****************************************"
#define HEADING "     usecs               : count     distribution\n"

static void test_differences(void **state)
{
	struct hist *h = hist_new(sizeof(struct key));

	hist_begin(h);
	add(h, 0, 3, 4);
	add(h, 0, 1, 2);
	check(h, WRITER_TABLE, &plain,
		HEADING "         0 -> 1          : 2        |********************                    |\n"
			"         2 -> 3          : 0        |                                        |\n"
			"         4 -> 7          : 4        |" STARS40 "|\n");
	hist_begin(h);
	add(h, 0, 1, 2);
	add(h, 0, 2, 1);
	add(h, 0, 3, 5);
	check(h, WRITER_TABLE, &plain,
		HEADING "         0 -> 1          : 0        |                                        |\n"
			"         2 -> 3          : 1        |" STARS40 "|\n"
			"         4 -> 7          : 1        |" STARS40 "|\n");
	/* nothing was added */
	hist_begin(h);
	add(h, 0, 3, 5);
	check(h, WRITER_TABLE, &plain, "");
	hist_free(h);
}

static void test_sections(void **state)
{
	struct hist *h = hist_new(sizeof(struct key));

	hist_begin(h);
	add(h, 1000, 1, 1);
	add(h, 7, 2, 3);
	add(h, 256, 1, 2);
	check(h, WRITER_TABLE, &sections,
		"\npid = 7\n" HEADING
		"         0 -> 1          : 0        |                                        |\n"
		"         2 -> 3          : 3        |" STARS40 "|\n"
		"\npid = 256\n" HEADING "         0 -> 1          : 2        |" STARS40 "|\n"
		"\npid = 1000\n" HEADING "         0 -> 1          : 1        |" STARS40 "|\n");
	check(h, WRITER_CSV, &sections,
		"1.500000000,7,0,1,0\n1.500000000,7,2,3,3\n1.500000000,256,0,1,2\n1.500000000,1000,0,1,1\n");
	check(h, WRITER_JSON, &sections,
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"pid\":7,\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":0},{\"interval-start\":2,\"interval-end\":3,\"count\":3}]}\n"
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"pid\":256,\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":2}]}\n"
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"pid\":1000,\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":1}]}\n");
	hist_free(h);
}

/* Sections of odd numbers have names. */
static void name_of(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_NONE;
	if (((const struct key *)row->data)->section & 1)
		value_text(value, "a, \x1b", 4);
}

static void test_names(void **state)
{
	static const struct tool_column name =
		COLUMN_BY("comm", 0, VALUE_TEXT, name_of, "what some sections are called");
	static const struct tool_view view = {
		.kind = TOOL_HISTOGRAM, .unit = "usecs", .section = &section, .section_name = &name};
	struct hist *h = hist_new(sizeof(struct key));
	struct writer w;

	hist_begin(h);
	add(h, 7, 1, 2);
	add(h, 8, 1, 1);
	check(h, WRITER_TABLE, &view,
		"\npid = 7 a, \\x1b\n" HEADING "         0 -> 1          : 2        |" STARS40 "|\n"
		"\npid = 8\n" HEADING "         0 -> 1          : 1        |" STARS40 "|\n");
	check(h, WRITER_CSV, &view, "1.500000000,7,\"a, \x1b\",0,1,2\n1.500000000,8,,0,1,1\n");
	check(h, WRITER_JSON, &view,
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"pid\":7,\"comm\":\"a, \\u001b\",\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":2}]}\n"
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"pid\":8,\"comm\":null,\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":1}]}\n");
	hist_free(h);
	assert_null(writer_init(&w, WRITER_CSV, none, NULL, NULL));
	hist_write_header(&w, &view);
	buffer_char(&w.out, '\0');
	assert_string_equal(w.out.data, "TIME,pid,comm,FROM(usecs),TO(usecs),COUNT\n");
	writer_free(&w);
}

static void test_sums(void **state)
{
	static const struct tool_view view = {
		.kind = TOOL_HISTOGRAM, .unit = "usecs", .sum = "hist_sum", .sum_unit = 1000};
	struct hist *h = hist_new(sizeof(struct key));

	hist_begin(h);
	add(h, 0, 1, 2);
	hist_set_sum(h, 2999);
	check(h, WRITER_TABLE, &view,
		HEADING "         0 -> 1          : 2        |" STARS40 "|\n"
			"\navg = 1 usecs, total: 2 usecs, count: 2\n\n");
	hist_begin(h);
	add(h, 0, 1, 6);
	hist_set_sum(h, 20999);
	check(h, WRITER_TABLE, &view,
		HEADING "         0 -> 1          : 4        |" STARS40 "|\n"
			"\navg = 4 usecs, total: 18 usecs, count: 4\n\n");
	check(h, WRITER_CSV, &view, "1.500000000,0,1,4,4,18\n");
	check(h, WRITER_JSON, &view,
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":4}]}\n"
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"avg\":4,\"total\":18,\"count\":4}\n");
	/* nothing was added */
	hist_begin(h);
	check(h, WRITER_TABLE, &view, "");
	hist_free(h);
}

/* The average of each section, of what was added since the look before. */
static void test_section_sums(void **state)
{
	static const struct tool_column section = HIST_SECTION("pid", "process");
	static const struct tool_view view = {.kind = TOOL_HISTOGRAM,
		.section = &section,
		.unit = "usecs",
		.section_sum = "sums",
		.sum_unit = 10};
	struct hist *h = hist_new(sizeof(struct key));
	uint64_t seven = 7, nine = 9;

	hist_begin(h);
	add(h, 9, 1, 2);
	add(h, 7, 1, 4);
	hist_set_section_sum(h, &nine, 61);
	hist_set_section_sum(h, &seven, 40);
	check(h, WRITER_TABLE, &view,
		"\npid = 7 [AVG 1]\n" HEADING "         0 -> 1          : 4        |" STARS40 "|\n"
		"\npid = 9 [AVG 3]\n" HEADING "         0 -> 1          : 2        |" STARS40 "|\n");
	hist_begin(h);
	add(h, 9, 1, 3);
	hist_set_section_sum(h, &nine, 131);
	check(h, WRITER_CSV, &view, "1.500000000,9,0,1,1,7\n");
	check(h, WRITER_JSON, &view,
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"pid\":9,\"avg\":7,\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":1}]}\n");
	hist_free(h);
}

static void test_headings(void **state)
{
	struct writer w;

	assert_null(writer_init(&w, WRITER_CSV, none, NULL, NULL));
	hist_write_header(&w, &sections);
	hist_write_header(&w, &linear);
	hist_write_header(&w, &(struct tool_view){.kind = TOOL_HISTOGRAM, .unit = "usecs", .sum = "s"});
	hist_write_header(
		&w, &(struct tool_view){.kind = TOOL_HISTOGRAM, .unit = "usecs", .section_sum = "s"});
	buffer_char(&w.out, '\0');
	assert_string_equal(w.out.data,
		"TIME,pid,FROM(usecs),TO(usecs),COUNT\nTIME,FROM(runqlen),TO(runqlen),COUNT\n"
		"TIME,FROM(usecs),TO(usecs),COUNT,AVG(usecs),TOTAL(usecs)\n"
		"TIME,FROM(usecs),TO(usecs),COUNT,AVG(usecs)\n");
	writer_free(&w);
}

static void test_ends(void **state)
{
	struct hist *h = hist_new(sizeof(struct key));
	struct writer w;

	hist_begin(h);
	add(h, 0, 64, 1);
	assert_null(writer_init(&w, WRITER_TABLE, none, NULL, NULL));
	hist_write(h, &w, &plain, 0);
	buffer_char(&w.out, '\0');
	/* wide numbers, and half as many stars */
	assert_non_null(strstr(w.out.data,
		" 9223372036854775808 -> 18446744073709551615 : 1        |********************|\n"));
	writer_free(&w);
	hist_free(h);
	h = hist_new(sizeof(struct key));
	hist_begin(h);
	add(h, 0, 0, 2);
	add(h, 0, 2, 1);
	check(h, WRITER_TABLE, &linear,
		"     runqlen       : count     distribution\n"
		"        0          : 2        |" STARS40 "|\n"
		"        1          : 0        |                                        |\n"
		"        2          : 1        |********************                    |\n");
	check(h, WRITER_TABLE, &stepped,
		"     MHz           : count     distribution\n"
		"        0          : 2        |" STARS40 "|\n"
		"        200        : 0        |                                        |\n"
		"        400        : 1        |********************                    |\n");
	check(h, WRITER_JSON, &stepped,
		"{\"ts\":\"1.500000000\",\"val_type\":\"MHz\",\"data\":["
		"{\"interval-start\":0,\"interval-end\":199,\"count\":2},"
		"{\"interval-start\":200,\"interval-end\":399,\"count\":0},"
		"{\"interval-start\":400,\"interval-end\":599,\"count\":1}]}\n");
	hist_free(h);
}

/* ---- percentiles ---- */

static struct hist_percentiles read_list;

static void read_percentiles(const char *text)
{
	hist_percentiles_read(&read_list, text);
}

/* The first slot up to which there are so many of all. */
static void test_percentiles_slot(void **state)
{
	uint64_t slots[] = {0, 500, 400, 90, 9, 1}, huge[] = {UINT64_MAX / 2, 1};

	assert_int_equal(hist_percentiles_slot(slots, 1000, 1), 1);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 50000), 1);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 50001), 2);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 90000), 2);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 99000), 3);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 99900), 4);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 99901), 5);
	assert_int_equal(hist_percentiles_slot(slots, 1000, 100000), 5);
	assert_int_equal(hist_percentiles_slot(huge, UINT64_MAX / 2 + 1, 99999), 0);
	assert_int_equal(hist_percentiles_slot(huge, UINT64_MAX / 2 + 1, 100000), 1);
}

static void test_percentiles_list(void **state)
{
	static const char *const wrong[] = {"", "0", "0.000", "100.001", "101", "-1", "+5", " 5", "5 ", "5.",
		".5", "1e1", "5.1234", "50,", ",50", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};

	read_percentiles("50,99.9,99.999,0.001,100");
	assert_int_equal(read_list.count, 5);
	assert_int_equal(read_list.of[0], 50000);
	assert_int_equal(read_list.of[1], 99900);
	assert_int_equal(read_list.of[2], 99999);
	assert_int_equal(read_list.of[3], 1);
	assert_int_equal(read_list.of[4], 100000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!is_usage_error(read_percentiles, wrong[i]))
			fail_msg("'%s' is accepted", wrong[i]);
}

static void test_percentiles(void **state)
{
	struct hist *h = hist_new(sizeof(struct key));

	read_percentiles("50,99.9");
	hist_show_percentiles(h, &read_list);
	hist_begin(h);
	add(h, 7, 1, 2);
	add(h, 7, 3, 1);
	check(h, WRITER_TABLE, &sections,
		"\npid = 7\n" HEADING "         0 -> 1          : 2        |" STARS40 "|\n"
		"         2 -> 3          : 0        |                                        |\n"
		"         4 -> 7          : 1        |********************                    |\n"
		"     percentiles: 50% <= 1, 99.9% <= 7 usecs\n");
	check(h, WRITER_JSON, &plain,
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":2},{\"interval-start\":2,\"interval-end\":3,\"count\":0},"
		"{\"interval-start\":4,\"interval-end\":7,\"count\":1}],\"percentiles\":{\"50\":1,\"99.9\":7}}\n");
	/* of what was added since */
	hist_begin(h);
	add(h, 7, 3, 2);
	check(h, WRITER_TABLE, &linear,
		"     runqlen       : count     distribution\n"
		"        0          : 0        |                                        |\n"
		"        1          : 0        |                                        |\n"
		"        2          : 0        |                                        |\n"
		"        3          : 1        |" STARS40 "|\n"
		"     percentiles: 50% = 3, 99.9% = 3 runqlen\n");
	hist_free(h);
}

/* ---- heat maps ---- */

static void check_scale(const struct tool_view *view, const char *expected)
{
	struct writer w;

	assert_null(writer_init(&w, WRITER_TABLE, none, NULL, NULL));
	w.time_format = CLOCK_UTC;
	hist_heatmap_write_scale(&w, view);
	buffer_char(&w.out, '\0');
	assert_string_equal(w.out.data, expected);
	writer_free(&w);
}

#define CELLS37 "                                     "
#define CELLS40 CELLS37 "   "

static void test_heatmap(void **state)
{
	struct hist *h = hist_new(sizeof(struct key));

	hist_show_heatmap(h);
	hist_heatmap_set_utf8(false);
	hist_begin(h);
	add(h, 0, 1, 3);
	add(h, 0, 2, 4);
	add(h, 0, 3, 65536);
	check(h, WRITER_TABLE, &plain, "1.500000000 |.:@" CELLS37 "| 65543\n");
	/* JSON has the numbers */
	check(h, WRITER_JSON, &plain,
		"{\"ts\":\"1.500000000\",\"val_type\":\"usecs\",\"data\":["
		"{\"interval-start\":0,\"interval-end\":1,\"count\":3},{\"interval-start\":2,\"interval-end\":3,\"count\":4},"
		"{\"interval-start\":4,\"interval-end\":7,\"count\":65536}]}\n");
	/* what is beyond the last cell is in it */
	hist_begin(h);
	add(h, 0, 40, 2);
	add(h, 0, 41, 1);
	add(h, 0, 64, 1);
	check(h, WRITER_TABLE, &plain, "1.500000000 |" CELLS37 "  :| 4\n");
	hist_begin(h);
	check(h, WRITER_TABLE, &plain, "1.500000000 |" CELLS40 "| 0\n");
	check(h, WRITER_TABLE, &sections, "");
	add(h, 0, 0, 1);
	hist_heatmap_set_utf8(true);
	check(h, WRITER_TABLE, &linear, "1.500000000 |▁" CELLS37 "  | 1\n");
	add(h, 4711, 2, 255);
	check(h, WRITER_TABLE, &sections,
		"1.500000000 0                   |" CELLS40 "| 1\n"
		"1.500000000 4711                | ▄" CELLS37 " | 255\n");
	hist_free(h);
}

static void test_heatmap_scale(void **state)
{
	hist_heatmap_set_utf8(false);
	check_scale(&plain, "usecs; counts from 1: . 4: : 16: - 64: = 256: + 1024: * 4096: # 16384: @\n"
			    "          1         1K        1M        1G\n");
	check_scale(&sections, "usecs; counts from 1: . 4: : 16: - 64: = 256: + 1024: * 4096: # 16384: @\n"
			       "         pid                  1         1K        1M        1G\n");
	check_scale(&linear, "runqlen; counts from 1: . 4: : 16: - 64: = 256: + 1024: * 4096: # 16384: @\n"
			     "          0         10        20        30\n");
}

/* ---- pictures ---- */

/* The text of the picture; freed by the caller. */
static char *draw(struct hist_picture *p)
{
	struct buffer out = {0};

	hist_picture_write(p, "a<b & c", &out);
	buffer_char(&out, '\0');
	return out.data;
}

static int count_texts(const char *in, const char *text)
{
	int n = 0;

	for (; (in = strstr(in, text)); in += strlen(text))
		n++;
	return n;
}

/* An output of a histogram at a second. */
static void output(struct hist *h, const struct tool_view *view, uint64_t second)
{
	struct writer w;

	assert_null(writer_init(&w, WRITER_CSV, none, NULL, NULL));
	hist_write(h, &w, view, second * 1000000000);
	writer_free(&w);
}

static void test_bars(void **state)
{
	struct hist_picture *p = hist_picture_new(&plain);
	struct hist *h = hist_new(sizeof(struct key));
	char *text;

	hist_draw(h, p);
	hist_begin(h);
	add(h, 0, 3, 10);
	add(h, 0, 5, 5);
	output(h, &plain, 1);
	text = draw(p);
	assert_memory_equal(text, "<svg ", 5);
	assert_non_null(strstr(text, ">a&lt;b &amp; c</text>"));
	/* the row between them is empty; the frame and the background are rectangles too */
	assert_int_equal(count_texts(text, "<rect "), 5);
	assert_non_null(strstr(text, ">4 - 7</text>"));
	assert_non_null(strstr(text, ">8 - 15</text>"));
	assert_non_null(strstr(text, ">16 - 31</text>"));
	assert_non_null(strstr(text, "width=\"720.0\""));
	assert_non_null(strstr(text, "width=\"360.0\""));
	assert_non_null(strstr(text, ">10</text>"));
	assert_string_equal(text + strlen(text) - 7, "</svg>\n");
	free(text);
	hist_free(h);
	hist_picture_free(p);
	p = hist_picture_new(&plain);
	text = draw(p);
	assert_non_null(strstr(text, "nothing was counted"));
	free(text);
	hist_picture_free(p);
}

/* What several outputs have in a cell is added up. */
static void test_map(void **state)
{
	struct hist_picture *p = hist_picture_new(&sections);
	struct hist *h = hist_new(sizeof(struct key));
	uint64_t total = 0, outputs = 2 * HIST_PICTURE_COLUMNS + 1;
	char *text;

	hist_draw(h, p);
	for (uint64_t i = 0; i < outputs; i++) {
		hist_begin(h);
		add(h, 7, 2, 3 * (i + 1));
		add(h, 9, 4, i < 2 ? i + 1 : 2);
		output(h, &sections, i);
	}
	text = draw(p);
	assert_non_null(strstr(text, ">pid = 7</text>"));
	assert_non_null(strstr(text, ">pid = 9</text>"));
	for (const char *at = text; (at = strstr(at, "2 - 3 usecs: ")); at++)
		total += strtoul(at + strlen("2 - 3 usecs: "), NULL, 10);
	assert_int_equal(total, 3 * outputs);
	/* four outputs in a column */
	assert_int_equal(count_texts(text, "2 - 3 usecs: 12<"), outputs / 4);
	assert_int_equal(count_texts(text, "8 - 15 usecs: 2<"), 1);
	free(text);
	hist_free(h);
	hist_picture_free(p);
}

/* There is an end to how many sections are drawn, and to how many rows. */
static void test_many(void **state)
{
	struct hist_picture *p = hist_picture_new(&sections);
	struct hist *h = hist_new(sizeof(struct key));
	char *text;

	hist_draw(h, p);
	hist_begin(h);
	for (uint64_t i = 0; i < HIST_PICTURE_SECTIONS + 10; i++)
		add(h, i, 1, 7);
	output(h, &sections, 1);
	text = draw(p);
	assert_int_equal(count_texts(text, ">pid = "), HIST_PICTURE_SECTIONS);
	assert_int_equal(count_texts(text, ">all others<"), 1);
	assert_non_null(strstr(text, ">70</text>"));
	free(text);
	hist_free(h);
	hist_picture_free(p);
	p = hist_picture_new(&linear);
	h = hist_new(sizeof(struct key));
	hist_draw(h, p);
	hist_begin(h);
	add(h, 0, 100, 1);
	add(h, 0, 1100, 1);
	output(h, &linear, 1);
	text = draw(p);
	assert_non_null(strstr(text, ">100 - 107</text>"));
	assert_non_null(strstr(text, ">1100 - 1107</text>"));
	free(text);
	hist_free(h);
	hist_picture_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_section_sums),
		cmocka_unit_test(test_headings),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_percentiles_slot),
		cmocka_unit_test(test_percentiles_list),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_heatmap),
		cmocka_unit_test(test_heatmap_scale),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
