/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about a kernel before a text is compiled for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "frontends/kernel.h"
#include "btf_bytes.h"

/* No kernel is as new as version 250, and each is newer than 4.17. */
static void test_helpers(void **state)
{
	struct bcc_btf_bytes none = {0}, empty = btf_bytes_take(btf__new_empty()), kernel;
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	assert_true(bcc_kernel_has_helper(&none, "a", 4, 17));
	assert_true(bcc_kernel_has_helper(&empty, "a", 4, 17));
	assert_false(bcc_kernel_has_helper(&none, "a", 250, 0));
	assert_false(bcc_kernel_has_helper(&empty, "a", 250, 0));
	assert_true(btf__add_enum(btf, "bpf_func_id_of_others", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_FUNC_b", 1), 0);
	assert_true(btf__add_enum(btf, "bpf_func_id", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_FUNC_unspec", 0), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_FUNC_a", 1), 0);
	assert_int_equal(btf__add_enum_value(btf, "c", 2), 0);
	kernel = btf_bytes_take(btf);
	assert_true(bcc_kernel_has_helper(&kernel, "a", 250, 0));
	assert_false(bcc_kernel_has_helper(&kernel, "b", 250, 0));
	assert_false(bcc_kernel_has_helper(&kernel, "c", 250, 0));
	assert_false(bcc_kernel_has_helper(&kernel, "aa", 250, 0));
	bcc_btf_bytes_close(&kernel);
	bcc_btf_bytes_close(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
