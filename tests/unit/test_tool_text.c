/* SPDX-License-Identifier: Apache-2.0 */
/* Text that somebody made up does no harm, in a terminal or in JSON. */
#include "tool_description.h"

#include "tools/lib/path.h"
#include "tools/lib/text.h"

static void check_printable(const char *text, size_t size, const char *expected)
{
	struct buffer b = {0};

	text_add_printable(&b, text, size);
	buffer_char(&b, '\0');
	assert_string_equal(b.data, expected);
	buffer_free(&b);
}
#define CHECK_PRINTABLE(text, expected) check_printable(text, sizeof(text) - 1, expected)

static void test_printable(void **state)
{
	CHECK_PRINTABLE("", "");
	CHECK_PRINTABLE("plain text", "plain text");
	CHECK_PRINTABLE("a\nb\tc\rd\x1b[2Je\x7f", "a\\nb\\tc\\x0dd\\x1b[2Je\\x7f");
	CHECK_PRINTABLE("nul\0end", "nul\\x00end");
	CHECK_PRINTABLE("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x9d",
		"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x9d");
	/* CSI as one byte, and as U+009B */
	CHECK_PRINTABLE("\x9b"
			"2J\xc2\x9b"
			"2J",
		"\\x9b2J\\xc2\\x9b2J");
	/* what reverses the rest of the line, and what breaks it */
	CHECK_PRINTABLE(
		"\xe2\x80\xae|\xe2\x81\xa6|\xe2\x80\xa8", "\\xe2\\x80\\xae|\\xe2\\x81\\xa6|\\xe2\\x80\\xa8");
}

static void test_not_utf8(void **state)
{
	static const char *const wrong[] = {"\xc0\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xff"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buffer b = {0};

		assert_true(text_add_utf8(&b, wrong[i], strlen(wrong[i])));
		/* U+FFFD for each byte */
		assert_int_equal(b.size, 3 * strlen(wrong[i]));
		assert_memory_equal(b.data, "\xef\xbf\xbd", 3);
		buffer_free(&b);
	}
}

static void test_buffer(void **state)
{
	struct buffer b = {0};

	buffer_unsigned(&b, UINT64_MAX);
	buffer_char(&b, ' ');
	buffer_signed(&b, INT64_MIN);
	buffer_char(&b, ' ');
	buffer_fraction(&b, 1234567, 6, 2);
	buffer_char(&b, ' ');
	buffer_fraction(&b, -1995, 3, 2);
	buffer_char(&b, ' ');
	buffer_fraction(&b, -4, 3, 2);
	buffer_char(&b, ' ');
	buffer_fraction(&b, 7, 9, 9);
	buffer_char(&b, ' ');
	buffer_fraction(&b, 1500, 3, 0);
	buffer_char(&b, '\0');
	assert_string_equal(
		b.data, "18446744073709551615 -9223372036854775808 1.23 -2.00 0.00 0.000000007 2");
	buffer_free(&b);
}

static void check_path(const char *names, size_t size, const char *expected)
{
	struct buffer b = {0};

	path_text(&b, names, size);
	buffer_char(&b, '\0');
	assert_string_equal(b.data, expected);
	buffer_free(&b);
}

/* The names come innermost first. */
static void test_path(void **state)
{
	check_path("", 0, "");
	check_path("one", 4, "/one");
	check_path("one\0two\0three", 14, "/three/two/one");
	check_path("\0two", 5, "/two/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
