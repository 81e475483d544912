/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever names are in a message, it does no harm to a terminal or a log file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/error.h"
#include "common/printable.h"
#include "libbcc/log.h"

#define HARMFUL "a\x1b[2J\r\n\x7f\xff\xc2\x9b\xe2\x80\xae\tz"
#define ESCAPED "a\\x1b[2J\\x0d\\n\\x7f\\xff\\xc2\\x9b\\xe2\\x80\\xae\\tz"
#define ESCAPED_LINES "a\\x1b[2J\\x0d\n\\x7f\\xff\\xc2\\x9b\\xe2\\x80\\xae\tz"
#define PLAIN "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x9d"

static void check(const char *text, bool keeps_lines, const char *expected)
{
	char *escaped = bcc_printable(strdup(text), keeps_lines);

	assert_string_equal(escaped, expected);
	free(escaped);
}

static void test_texts(void **state)
{
	assert_null(bcc_printable(NULL, true));
	for (int lines = 0; lines < 2; lines++) {
		check("", lines, "");
		check("x", lines, "x");
		check(PLAIN, lines, PLAIN);
		check("\x01", lines, "\\x01");
		check(HARMFUL, lines, lines ? ESCAPED_LINES : ESCAPED);
	}
	check("\n\n\t\n", true, "\n\n\t\n");
	check("\n\x01\n", true, "\n\\x01\n");
}

static void test_every_byte(void **state)
{
	for (int byte = 1; byte < 256; byte++) {
		bool harmful = byte < ' ' || byte > '~';
		char text[] = {'a', byte, 'b', '\0'}, *escaped = bcc_printable(strdup(text), false);

		assert_int_equal(strcmp(escaped, text) != 0, harmful);
		for (const char *at = escaped; *at; at++)
			assert_true(*at >= ' ' && *at <= '~');
		free(escaped);
	}
}

static void test_utf8(void **state)
{
	/* too long forms, surrogates, beyond the end, cut off, stray bytes */
	static const char *const wrong[] = {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
		"\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82",
		"\xf0\x9f\x90", "\x80", "\xff"};
	unsigned c;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(bcc_utf8(wrong[i], strlen(wrong[i]), &c), 0);
		assert_int_equal(bcc_printable_length(wrong[i], strlen(wrong[i])), 0);
		assert_int_equal(bcc_unprintable_length(wrong[i], strlen(wrong[i])), 1);
	}
	assert_int_equal(bcc_utf8("\xc3\xbc", 1, &c), 0);
	assert_int_equal(bcc_utf8("\xf4\x8f\xbf\xbf", 4, &c), 4);
	assert_int_equal(c, 0x10ffff);
	assert_int_equal(bcc_unprintable_length("", 0), 0);
}

static void test_errors(void **state)
{
	struct bcc_err err = {0};

	assert_int_equal(bcc_fail(&err, -EINVAL, "flag \"%s\"", HARMFUL), -EINVAL);
	assert_string_equal(err.text, "flag \"" ESCAPED "\"");
	bcc_fail(&err, -EINVAL, "%s: no", HARMFUL);
	assert_string_equal(err.text, ESCAPED ": no");
	/* what has lines keeps them, whatever is put before or behind it */
	bcc_fail(&err, -EINVAL, "%s", HARMFUL);
	assert_string_equal(err.text, ESCAPED_LINES);
	assert_int_equal(bcc_fail_prefix(&err, "%s:%d", HARMFUL, 7), -EINVAL);
	assert_string_equal(err.text, ESCAPED ":7: " ESCAPED_LINES);
	bcc_fail(&err, -EINVAL, "log:\n%s", HARMFUL);
	bcc_fail(&err, -EINVAL, "%s; %s", err.text, "more");
	assert_string_equal(err.text, "log:\n" ESCAPED_LINES "; more");
	bcc_err_clear(&err);
}

static void hear(void *ctx, enum bcc_log_level level, const char *text)
{
	assert_string_equal(text, ESCAPED_LINES);
	++*(int *)ctx;
}

static void test_messages(void **state)
{
	int heard = 0;
	struct bcc b = {.log = hear, .log_ctx = &heard};

	bcc_say(&b, BCC_LOG_WARN, "%s", HARMFUL);
	bcc_say(&b, BCC_LOG_DEBUG, "%s", HARMFUL);
	assert_int_equal(heard, 2);
	assert_string_equal(bcc_warnings(&b), ESCAPED_LINES "\n");
	free(b.warnings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
