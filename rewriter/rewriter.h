/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IR → IR → object: from what clang made of a text to what the kernel's verifier accepts.
 *
 * What the frontend promises about a module:
 *  - A program is a defined function with external linkage. Its first argument is the context; the function
 * carries the string attribute "bcc-ctx" = name of the struct that it points to ("pt_regs", "__sk_buff",
 * "xdp_md", "" for void).
 *  - Arguments after the first are arguments of the traced function. There are never more than the registers
 * that carry arguments, and each is an integer or a pointer (the frontend has refused others at their place
 * in the text).
 *  - Everything else that is defined has internal linkage. Functions marked noinline stay functions.
 *  - Tables are globals in section ".maps".
 *  - Helpers are constants: `static … (*const bpf_x)(…) = (void *)N`, or clang's own calls to inttoptr(N).
 *  - A table's optional argument: calls to a variadic declaration F become calls to the function F_by, whose
 * last parameter is a u64: the one extra argument (extended), or 1.
 *  - A call to a declaration __bcc_user_pointer returns its argument, which points to user memory.
 *  - `noreturn`-less declaration __bcc_return_from_caller: a call to it leaves the program with 0.
 *  - A call to a declaration __bcc_machine_code.FUNCTION stands for assembly of the kernel's headers in FUNCTION, which may only
 *    be there where it is never reached.
 *  - The module is unoptimised. Its debug information is what BTF is made of: types and places, no variables.
 */
#ifndef REWRITER_REWRITER_H
#define REWRITER_REWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <llvm-c/Types.h>

#include "common/error.h"

enum bcc_arch { BCC_ARCH_X86_64, BCC_ARCH_ARM64 };
enum bcc_arch bcc_host_arch(void);
/* How many arguments of a traced function are in registers: 6, 8. */
unsigned bcc_arch_argument_count(enum bcc_arch arch);

struct bcc_rewrite_opts {
	enum bcc_arch arch;
	/* A text may read user memory as it does the kernel's, without saying so: bpf_probe_read() tells them apart by the
	 * address, where the two have none in common (ARCH_HAS_NON_OVERLAPPING_ADDRESS_SPACE: x86-64, arm64). */
	bool reads_user_memory;
	/* Number of the function bpf_rdonly_cast() in the kernel's BTF, where it takes 0 for a type: loads of kernel memory
	 * then need no helper. 0: there is none. Asked when there are such loads; NULL: not to be used. */
	unsigned (*rdonly_cast)(const void *ctx);
	const void *rdonly_cast_ctx;
	/* What the verifier knows the type of is loaded plainly, unless it refuses the program. */
	bool typed_loads;
	/* Fields that are near each other are read by one call, where calls are needed. */
	bool merge_reads;
};

/* Runs all passes over `module` in place, then the standard pipeline. Errors name file, line and column of
 * the text. */
int bcc_rewrite(LLVMModuleRef module, const struct bcc_rewrite_opts *opts, struct bcc_err *err);

/* Generates the object (malloc'ed into *elf) and, when `assembly` is not NULL, the assembly with source lines
 * (malloc'ed). The module is used up, and is only there to be freed; when `*broken`, it and its context must not even be: a fatal
 * error has left them half-made. */
int bcc_codegen(
	LLVMModuleRef module, void **elf, size_t *size, char **assembly, bool *broken, struct bcc_err *err);

#endif
