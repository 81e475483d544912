/* SPDX-License-Identifier: Apache-2.0 */
/* What kvmexit calls the reasons of both kinds of processors: the ends of its tables, their gaps, and some
 * numbers that the kernel's headers have too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tools/cpu/kvmexit_reason.c"

static const struct {
	uint32_t processor, reason;
	const char *name;
} expected[] = {
	{KVMEXIT_VMX, 0, "EXCEPTION_NMI"},
	{KVMEXIT_VMX, 1, "EXTERNAL_INTERRUPT"},
	{KVMEXIT_VMX, 5, NULL},
	{KVMEXIT_VMX, 10, "CPUID"},
	{KVMEXIT_VMX, 12, "HLT"},
	{KVMEXIT_VMX, 30, "IO_INSTRUCTION"},
	{KVMEXIT_VMX, 32, "MSR_WRITE"},
	{KVMEXIT_VMX, 48, "EPT_VIOLATION"},
	{KVMEXIT_VMX, 52, "PREEMPTION_TIMER"},
	{KVMEXIT_VMX, 65, NULL},
	{KVMEXIT_VMX, 75, "NOTIFY"},
	{KVMEXIT_VMX, 76, NULL},
	{KVMEXIT_VMX, 0xffffffff, NULL},
	{KVMEXIT_SVM, 0x10, "CR_DR_ACCESS"},
	{KVMEXIT_SVM, 0x4e, "EXCEPTION"},
	{KVMEXIT_SVM, 0x60, "INTR"},
	{KVMEXIT_SVM, 0x72, "CPUID"},
	{KVMEXIT_SVM, 0x78, "HLT"},
	{KVMEXIT_SVM, 0x7b, "IOIO"},
	{KVMEXIT_SVM, 0x8d, "XSETBV"},
	{KVMEXIT_SVM, 0x8f, NULL},
	{KVMEXIT_SVM, 0x400, "NPF"},
	{KVMEXIT_SVM, 0xffffffff, NULL},
	{0, 0, NULL},
	{3, 12, NULL},
};

static void test_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const char *name = kvmexit_reason(expected[i].processor, expected[i].reason);

		if (!expected[i].name)
			assert_null(name);
		else
			assert_string_equal(name, expected[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
