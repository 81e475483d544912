/* SPDX-License-Identifier: Apache-2.0 */
/* `extern … __ksym`: functions (kfuncs) and variables of the kernel, found by name in its BTF. */
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "libbcc/kernel/kernel_btf.h"
#include "build.h"

/* A helper number that no kernel has. A call in code that is only reached if the function exists is dead, and
 * the verifier does not look at it; a call that is reached makes the verifier report this number. */
#define NO_SUCH_HELPER 0x7fffffff

/* The compiler has already looked some of them up: ".bcc.kfuncs" has a number and a NUL-terminated name,
 * padded to 4 bytes, for each. That saves reading the kernel's BTF, which takes longer than loading a
 * program. */
static uint32_t known_number(const struct bcc_build *build, const char *name)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, ".bcc.kfuncs");
	size_t at = 0, length;
	uint32_t number;

	while (section && section->data && at + sizeof(number) < section->size) {
		const char *other = (const char *)section->data + at + sizeof(number);

		length = strnlen(other, section->size - at - sizeof(number));
		if (length == section->size - at - sizeof(number))
			return 0;
		memcpy(&number, section->data + at, sizeof(number));
		if (strcmp(other, name) == 0)
			return number;
		at = (at + sizeof(number) + length + 1 + 3) & ~(size_t)3;
	}
	return 0;
}

static int object_externs_optional(const struct bcc_build *build, const struct bcc_symbol *symbol)
{
	if (!known_number(build, symbol->name))
		return 0;
	return strcmp(symbol->name, "__bcc_typed_loads") == 0 ? BCC_EXTERN_OPTIONAL_FIRST
							      : BCC_EXTERN_OPTIONAL;
}

static int object_externs_find(
	struct bcc_build *build, const struct bcc_symbol *symbol, uint32_t kind, struct bcc_kernel_type *type)
{
	int ret;

	*type = (struct bcc_kernel_type){.id = known_number(build, symbol->name), .module_fd = -1};
	if (type->id)
		return 0;
	ret = bcc_kernel_btf_find(build->b, symbol->name, kind, false, type);

	/* a kernel without BTF has no functions to call either */
	if (symbol->bind == STB_WEAK && (ret == -ESRCH || ret == -ENOENT))
		return -ESRCH;
	if (ret != -ESRCH)
		return ret;
	return bcc_fail(&build->b->err, -ESRCH,
		"%s is declared in the text, but neither the text nor this kernel defines it", symbol->name);
}

static bool object_externs_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

void bcc_extern_forget(struct bpf_insn *insn)
{
	insn->src_reg = 0;
	insn->imm = object_externs_is_call(insn) ? NO_SUCH_HELPER : 0;
}

int bcc_build_extern_call(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	struct bcc_kernel_type type;
	int ret = object_externs_find(build, symbol, BTF_KIND_FUNC, &type);

	if (ret == -ESRCH && symbol->bind == STB_WEAK) {
		bcc_extern_forget(insn);
		return 0;
	}
	if (ret < 0)
		return ret;
	insn->src_reg = BPF_PSEUDO_KFUNC_CALL;
	insn->imm = type.id;
	insn->off = 0;
	return object_externs_optional(build, symbol);
}

int bcc_build_extern_address(struct bcc_build *build, const struct bcc_symbol *symbol, struct bpf_insn *insn)
{
	struct bcc_kernel_type type;
	bool known = known_number(build, symbol->name);
	int ret = known ? -ESRCH : object_externs_find(build, symbol, BTF_KIND_VAR, &type);

	if (ret == -ESRCH && (known || symbol->bind == STB_WEAK)) {
		/* for a weak function only its existence matters: any address but 0 will do */
		ret = object_externs_find(build, symbol, BTF_KIND_FUNC, &type);
		insn[0].src_reg = 0;
		insn[0].imm = ret == 0;
		insn[1].imm = 0;
		return object_externs_optional(build, symbol);
	}
	if (ret < 0)
		return ret;
	insn[0].src_reg = BPF_PSEUDO_BTF_ID;
	insn[0].imm = type.id;
	insn[1].imm = 0;
	return 0;
}
