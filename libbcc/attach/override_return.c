/* SPDX-License-Identifier: Apache-2.0 */
#include "override_return.h"

static bool override_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg && insn->imm == BPF_FUNC_override_return;
}

const char *bcc_override_hint(const struct bcc_program *p)
{
	for (size_t i = 0; i < p->insn_count; i++)
		if (override_is_call(&p->insns[i]))
			return ": it calls bpf_override_return(), which takes a kprobe at the start of a kernel function "
			       "that allows error injection (/sys/kernel/debug/error_injection/list has them: most "
			       "system calls, and what the kernel marks with ALLOW_ERROR_INJECTION)";
	return "";
}
