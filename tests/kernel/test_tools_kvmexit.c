/* SPDX-License-Identifier: Apache-2.0 */
/* kvmexit, where no virtual machine runs: its options, and what it says of a kernel without KVM. */
#include "testlib.h"
#include "tool_run.h"

#define KVMEXIT "tools/kvmexit"

static void check_title(const char *expected, const char *option, const char *value)
{
	struct tool_run run;

	tool_start(&run, KVMEXIT, option, value);
	tool_wait_line(&run, expected);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_options(void **state)
{
	char pid[16], title[128];

	tool_expect_end(2, "-v takes the process: -p PID", KVMEXIT, "-v", "0");
	tool_expect_end(2, "-t, -T, -v and -a cannot be combined", KVMEXIT, "-at", "1");
	if (access("/sys/module/kvm", F_OK)) {
		tool_expect_end(1, "kvm_exit", KVMEXIT, "1", NULL);
		test_too_old("KVM is not loaded");
	}
	number_text(pid, getpid());
	sprintf(title, "Display kvm exit reasons and statistics for PID %s... Hit Ctrl-C to end.", pid);
	check_title(title, "-p", pid);
	check_title(
		"Display kvm exit reasons and statistics for TIDS 1,2... Hit Ctrl-C to end.", "-T", "1,2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_options)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
