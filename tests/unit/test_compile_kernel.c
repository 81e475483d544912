/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a kernel before a text is compiled for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "kernel.h"

/* No kernel is as new as version 250, and each is newer than 4.17. */
static void test_helpers(void **state)
{
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	assert_true(bcc_kernel_has_helper(NULL, "a", 4, 17));
	assert_true(bcc_kernel_has_helper(btf, "a", 4, 17));
	assert_false(bcc_kernel_has_helper(NULL, "a", 250, 0));
	assert_false(bcc_kernel_has_helper(btf, "a", 250, 0));
	assert_true(btf__add_enum(btf, "bpf_func_id_of_others", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_FUNC_b", 1), 0);
	assert_true(btf__add_enum(btf, "bpf_func_id", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_FUNC_unspec", 0), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_FUNC_a", 1), 0);
	assert_int_equal(btf__add_enum_value(btf, "c", 2), 0);
	assert_true(bcc_kernel_has_helper(btf, "a", 250, 0));
	assert_false(bcc_kernel_has_helper(btf, "b", 250, 0));
	assert_false(bcc_kernel_has_helper(btf, "c", 250, 0));
	assert_false(bcc_kernel_has_helper(btf, "aa", 250, 0));
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
