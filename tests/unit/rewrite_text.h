/* SPDX-License-Identifier: Apache-2.0 */
/* Runs texts through clang and the rewriter, with the language's includes but without kernel types. */
#ifndef TESTS_UNIT_REWRITE_TEXT_H
#define TESTS_UNIT_REWRITE_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <llvm-c/Core.h>

#include "common/array.h"
#include "frontends/clang/clang.h"
#include "rewriter/rewriter.h"

/* x86-64's, and types that the tests' "kernel" uses. */
#define TEXT_TYPES                                                                                           \
	"#define __BCC_PAGE_SIZE 4096\n"                                                                     \
	"struct pt_regs { u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di; };\n"        \
	"struct list_head { struct list_head *next, *prev; };\n"                                             \
	"struct mm { u64 start; u64 end; };\n"                                                               \
	"struct task { u32 pid; u32 low : 3, high : 13, top : 16; char comm[16]; struct task *parent;\n"     \
	"  struct list_head children, sibling; struct mm *mm;\n"                                             \
	"  union { u64 whole; struct { u32 first, second; }; }; u16 numbers[8]; u8 byte; bool yes; };\n"

struct text_result {
	LLVMContextRef context;
	LLVMModuleRef module;
	void *elf;
	size_t elf_size;
	char *assembly;
	bool broken;
	struct bcc_err err;
};

/* The module as the front end makes it. */
static LLVMModuleRef text_module(LLVMContextRef context, const char *text)
{
	struct bcc_virtual_file files[] = {{.name = "bcc/types.h"}, {.name = "bcc/helper_defs.h"},
		{.name = "bcc/core.h"}, {.name = "bcc/language.h"}, {.name = "bcc/probes.h"},
		{.name = "bcc/tables.h"}, {.name = "bcc/kernel_types.h", .text = TEXT_TYPES}};
	struct bcc_clang_input input = {.name = "text.c",
		.text = text,
		.files = files,
		.file_count = ARRAY_SIZE(files),
		.argument_registers = bcc_arch_argument_count(&bcc_arch_x86_64)};
	struct bcc_err err = {0};
	LLVMModuleRef module = NULL;
	char *warnings = NULL;

	if (bcc_clang_module(&input, context, &module, &warnings, &err))
		fail_msg("clang: %s", err.text);
	free(warnings);
	return module;
}

/* Works on a copy: tests look at the rewritten module. */
static int text_generate(struct text_result *result)
{
	LLVMModuleRef copy = LLVMCloneModule(result->module);
	int ret = bcc_codegen(
		copy, &result->elf, &result->elf_size, &result->assembly, &result->broken, &result->err);

	if (!result->broken)
		LLVMDisposeModule(copy);
	return ret;
}

/* Text → object; the errno of rewriting or code generation. */
static int text_compile(const char *text, const struct bcc_rewrite_opts *opts, struct text_result *result)
{
	int ret;

	memset(result, 0, sizeof(*result));
	result->context = LLVMContextCreate();
	result->module = text_module(result->context, text);
	ret = bcc_rewrite(result->module, opts, &result->err);
	return ret ? ret : text_generate(result);
}

static void text_free(struct text_result *result)
{
	if (!result->broken) {
		LLVMDisposeModule(result->module);
		LLVMContextDispose(result->context);
	}
	free(result->elf);
	free(result->assembly);
	bcc_err_clear(&result->err);
}

#endif
