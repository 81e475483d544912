/* SPDX-License-Identifier: Apache-2.0 */
/* criticalstat, where the kernel tells nothing about such sections: it says so. */
#include "testlib.h"
#include "tool_run.h"

#define CRITICALSTAT "tools/criticalstat"

static void test_kernel(void **state)
{
	tool_expect_end(2, "-p and -i cannot be combined", CRITICALSTAT, "-p", "-i");
	if (!access("/sys/kernel/tracing/events/preemptirq/irq_disable", F_OK))
		test_too_old("this kernel has the tracepoints");
	tool_expect_end(1, "irq_disable", CRITICALSTAT, "-i", NULL);
	tool_expect_end(1, "preempt_disable", CRITICALSTAT, "-p", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kernel)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
