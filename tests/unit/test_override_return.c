/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a program that changes returns, which no kernel of the tests allows: told by its
 * instructions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libbcc/attach/override_return.h"

static void test_hint(void **state)
{
	struct bpf_insn insns[] = {
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_ns},
		/* a function of the text, and one of the kernel: not helpers */
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = BPF_FUNC_override_return},
		{.code = BPF_JMP | BPF_CALL,
			.src_reg = BPF_PSEUDO_KFUNC_CALL,
			.imm = BPF_FUNC_override_return},
		{.code = BPF_JMP | BPF_EXIT},
	};
	struct bcc_program p = {.insns = insns, .insn_count = sizeof(insns) / sizeof(insns[0])};

	assert_string_equal(bcc_override_hint(&p), "");
	insns[0].imm = BPF_FUNC_override_return;
	assert_non_null(strstr(bcc_override_hint(&p), "error_injection/list"));
	p.insn_count = 0;
	assert_string_equal(bcc_override_hint(&p), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_hint)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
