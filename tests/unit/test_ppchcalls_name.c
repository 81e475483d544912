/* SPDX-License-Identifier: Apache-2.0 */
/* What ppchcalls calls the hypervisor's calls: some that PAPR numbers, and the order of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tools/cpu/ppchcalls_name.c"

static void test_names(void **state)
{
	static const struct ppchcalls_row expected[] = {{0x4, "H_REMOVE"}, {0x8, "H_ENTER"},
		{0x54, "H_GET_TERM_CHAR"}, {0xe0, "H_CEDE"}, {0x138, "H_STUFF_TCE"},
		{0x1b0, "H_DISABLE_AND_GETC"}, {0x45c, "H_WATCHDOG"}, {0xf000, "H_RTAS"}, {0xf002, "H_CAS"},
		{0xf80c, "H_COPY_TOFROM_GUEST"}};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_string_equal(ppchcalls_name(expected[i].number), expected[i].name);
		assert_int_equal(ppchcalls_find(expected[i].name)->number, expected[i].number);
	}
	assert_null(ppchcalls_name(0));
	assert_null(ppchcalls_name(5));
	assert_null(ppchcalls_find("H_NONE"));
	for (const struct ppchcalls_row *row = ppchcalls_rows; row[1].name; row++) {
		assert_true(row->number < row[1].number);
		assert_ptr_equal(ppchcalls_find(row->name), row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
