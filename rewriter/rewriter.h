/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IR → IR → object: turns the IR that clang made of a text into code that the kernel's verifier accepts.
 *
 * What the front end guarantees about a module:
 *  - A program is a defined function with external linkage. Its first argument is the context; the function
 *    carries the string attribute "bcc-ctx" = name of the struct that it points to ("pt_regs", "__sk_buff",
 *    "xdp_md", "" for void).
 *  - Further arguments are arguments of the traced function. There are never more than the registers that
 *    carry arguments, and each is an integer or a pointer (the front end rejects others at their place in the
 *    text).
 *  - Everything else that is defined has internal linkage. Functions marked noinline remain functions.
 *  - Tables are globals in section ".maps".
 *  - Helpers are constants: `static … (*const bpf_x)(…) = (void *)N`, or clang's own calls to inttoptr(N).
 *  - A table's optional argument: calls to a variadic declaration F become calls to the function F_by, whose
 *    last parameter is a u64: the one extra argument (extended), or 1.
 *  - A call to a declaration __bcc_user_pointer returns its argument, which points to user memory.
 *  - A call to the declaration __bcc_return_from_caller, which is not noreturn, ends the program with 0.
 *  - A call to a declaration __bcc_machine_code.FUNCTION stands for assembly of the kernel's headers in
 *    FUNCTION, which is allowed only where it is never reached.
 *  - The module is unoptimised. Its debug information is what BTF is made from: types and locations, no
 *    variables.
 */
#ifndef REWRITER_REWRITER_H
#define REWRITER_REWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <llvm-c/Types.h>

#include "common/arch/arch.h"
#include "common/error.h"

struct bcc_rewrite_opts {
	const struct bcc_arch *arch;
	/* The text may read user memory like kernel memory, without marking it: bpf_probe_read() tells them
	 * apart by the address, if the architecture's kernel_addresses_are_negative. */
	bool reads_user_memory;
	/* Returns the number of the function bpf_rdonly_cast() in the kernel's BTF if it accepts type 0:
	 * loads of kernel memory then need no helper. 0: not available. Called only if there are such loads;
	 * NULL: do not use it. */
	unsigned (*rdonly_cast)(const void *ctx);
	const void *rdonly_cast_ctx;
	/* Load what the verifier knows the type of plainly, unless it rejects the program. */
	bool typed_loads;
	/* The text is in libbpf's dialect: C means what it says, and nothing is rewritten. */
	bool libbpf;
	/* The object is for other kernels too. */
	bool portable;
	/* Read neighbouring fields with one call, where calls are needed. */
	bool merge_reads;
	/* Returns what a program does instead of calling function `name`, which BPF does not have; "":
	 * nothing is known. May be NULL. */
	const char *(*function_advice)(const char *name);
};

/* Runs all passes over `module` in place, then the standard pipeline. Errors give file, line and column in
 * the text. */
int bcc_rewrite(LLVMModuleRef module, const struct bcc_rewrite_opts *opts, struct bcc_err *err);
/* Whether the module that this thread rewrote last had relocations by types: then a process cannot rewrite
 * another, nor the same text again (-EBUSY). */
bool bcc_rewrite_had_relocations(void);

/* Generates the object (malloc'ed into *elf) and, if `assembly` is not NULL, the assembly with source lines
 * (malloc'ed). The module is consumed: the caller may only dispose of it. If `*broken`, a fatal error has
 * left it half-made, and neither it nor its context may be disposed of. */
int bcc_codegen(
	LLVMModuleRef module, void **elf, size_t *size, char **assembly, bool *broken, struct bcc_err *err);

#endif
