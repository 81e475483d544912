/* SPDX-License-Identifier: Apache-2.0 */
/* libbpf has one global function for its messages, and the program may use libbpf too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/libbpf.h>

#include "libbcc/log.h"

static int heard_by_program, heard_by_handle;

static int program_print(enum libbpf_print_level level, const char *format, va_list args)
{
	heard_by_program++;
	return 0;
}

static void handle_log(void *ctx, enum bcc_log_level level, const char *text)
{
	heard_by_handle++;
}

/* Makes libbpf print something. */
static void make_libbpf_speak(void)
{
	assert_null(bpf_object__open_file("/nonexistent", NULL));
}

static void speak_inside(struct bcc *b)
{
	BCC_LOG_SCOPE(b);

	make_libbpf_speak();
}

static void test_who_hears(void **state)
{
	struct bcc quiet = {.log = handle_log}, curious = {.log = handle_log, .debug = BCC_DEBUG_LIBBPF};
	int before;

	libbpf_set_print(program_print);
	make_libbpf_speak();
	assert_true(heard_by_program > 0);
	before = heard_by_program;
	speak_inside(&quiet);
	assert_int_equal(heard_by_program, before);
	assert_int_equal(heard_by_handle, 0);
	speak_inside(&curious);
	assert_int_equal(heard_by_program, before);
	assert_true(heard_by_handle > 0);
	before = heard_by_handle;
	heard_by_program = 0;
	make_libbpf_speak();
	assert_true(heard_by_program > 0);
	assert_int_equal(heard_by_handle, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_who_hears)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
