/* SPDX-License-Identifier: Apache-2.0 */
/* Names of system calls: those of the headers, newer ones, those of 32-bit programs, and none. */
#include "tool_description.h"

#include <sys/syscall.h>

#include "tools/lib/syscall_name.h"

static void count(void *ctx, const char *name)
{
	unsigned *counts = ctx;

	counts[0]++;
	counts[1] += !strcmp(name, "openat");
	counts[2] += !strcmp(name, "mseal");
}

static void test_names(void **state)
{
	unsigned counts[3] = {0};

	assert_string_equal(syscall_name(SYS_openat, false), "openat");
	assert_string_equal(syscall_name(SYS_futex_waitv, false), "futex_waitv");
	assert_string_equal(syscall_name(462, false), "mseal");
	assert_string_equal(syscall_name(4711, false), "[unknown: 4711]");
	assert_string_equal(syscall_name(-1, false), "[unknown: -1]");
	assert_int_equal(syscall_number("openat"), SYS_openat);
	assert_int_equal(syscall_number("mseal"), 462);
	assert_int_equal(syscall_number("syscalls"), -1);
	assert_int_equal(syscall_number(""), -1);
	syscall_each(count, counts);
	assert_true(counts[0] > 250);
	assert_int_equal(counts[1], 1);
	assert_int_equal(counts[2], 1);
}

static void test_32_bits(void **state)
{
#ifdef __x86_64__
	assert_string_equal(syscall_name(5, true), "open (32 bits)");
	assert_string_equal(syscall_name(336, true), "perf_event_open (32 bits)");
#endif
	assert_string_equal(syscall_name(462, true), "mseal (32 bits)");
	assert_string_equal(syscall_name(4711, true), "[unknown: 4711] (32 bits)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
