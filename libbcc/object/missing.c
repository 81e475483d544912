/* SPDX-License-Identifier: Apache-2.0 */
#include "missing.h"

#include <linux/bpf.h>
#include <stdlib.h>

/* What it needs is said when the verifier refuses it; without memory for that, only where it is. */
void bcc_program_forbid(struct bcc_program *p, struct bpf_insn *insns, uint32_t at, int number, char *name)
{
	struct bcc_missing *longer = reallocarray(p->missing, p->missing_count + 1, sizeof(*longer));

	if (longer) {
		p->missing = longer;
		longer[p->missing_count++] = (struct bcc_missing){at, name};
	} else {
		free(name);
	}
	insns[at] = (struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = number};
}
