/* SPDX-License-Identifier: Apache-2.0 */
/* Losses of a perf buffer, which the kernel counts in two places, are told once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "libbcc/stream/losses.h"

static void test_records_alone(void **state)
{
	struct bcc_losses losses = {};

	bcc_losses_record(&losses, 5);
	assert_int_equal(bcc_losses_tell(&losses, bcc_losses_total(&losses, -1)), 5);
	assert_int_equal(bcc_losses_tell(&losses, bcc_losses_total(&losses, -1)), 0);
	bcc_losses_record(&losses, 2);
	assert_int_equal(bcc_losses_tell(&losses, bcc_losses_total(&losses, -1)), 2);
	assert_int_equal(bcc_losses_total(&losses, -1), 7);
}

static void test_count_first_and_record_later(void **state)
{
	struct bcc_losses losses = {.counted = true};

	assert_int_equal(bcc_losses_tell(&losses, 7), 7);
	bcc_losses_record(&losses, 7); /* the same */
	assert_int_equal(bcc_losses_tell(&losses, losses.recorded), 0);
	bcc_losses_record(&losses, 3); /* two of them are new: one was told */
	assert_int_equal(bcc_losses_tell(&losses, 8), 1);
	assert_int_equal(bcc_losses_tell(&losses, losses.recorded), 2);
	assert_int_equal(bcc_losses_tell(&losses, 10), 0);
}

static void test_count_that_cannot_be_read(void **state)
{
	struct bcc_losses losses = {.counted = true};

	bcc_losses_record(&losses, 4);
	assert_int_equal(bcc_losses_total(&losses, -1), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_alone),
		cmocka_unit_test(test_count_first_and_record_later),
		cmocka_unit_test(test_count_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
