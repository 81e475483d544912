/* SPDX-License-Identifier: Apache-2.0 */
/* `extern … __ksym`: functions (kfuncs) and variables of the kernel, by their names in its BTF. */
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>

#include "../kernel_btf.h"
#include "build.h"

/* A helper number that no kernel has: a call that stands in dead code, behind a check that the function
 * exists, is never reached by the verifier; when it is, the verifier names this number. */
#define NO_SUCH_HELPER 0x7fffffff

static int find(
	struct bcc_build *build, const struct bcc_symbol *symbol, uint32_t kind, struct bcc_kernel_type *type)
{
	int ret = bcc_kernel_btf_find(build->b, symbol->name, kind, false, type);

	/* a kernel that does not describe itself has no functions to call either */
	if (symbol->bind == STB_WEAK && (ret == -ESRCH || ret == -ENOENT))
		return -ESRCH;
	if (ret != -ESRCH)
		return ret;
	return bcc_fail(&build->b->err, -ESRCH,
		"%s is declared in the text, but neither the text nor this kernel defines it", symbol->name);
}

int bcc_build_extern_call(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	struct bcc_kernel_type type;
	int ret = find(build, symbol, BTF_KIND_FUNC, &type);

	if (ret == -ESRCH && symbol->bind == STB_WEAK) {
		insn->src_reg = 0;
		insn->imm = NO_SUCH_HELPER;
		return 0;
	}
	if (ret < 0)
		return ret;
	insn->src_reg = BPF_PSEUDO_KFUNC_CALL;
	insn->imm = type.id;
	insn->off = 0;
	return 0;
}

int bcc_build_extern_address(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	struct bcc_kernel_type type;
	int ret = find(build, symbol, BTF_KIND_VAR, &type);

	if (ret == -ESRCH && symbol->bind == STB_WEAK) {
		/* of a weak function only the existence is asked for: any address but 0 says yes */
		ret = bcc_kernel_btf_find(build->b, symbol->name, BTF_KIND_FUNC, false, &type);
		insn[0].src_reg = 0;
		insn[0].imm = ret == 0;
		insn[1].imm = 0;
		return 0;
	}
	if (ret < 0)
		return ret;
	insn[0].src_reg = BPF_PSEUDO_BTF_ID;
	insn[0].imm = type.id;
	insn[1].imm = 0;
	return 0;
}
