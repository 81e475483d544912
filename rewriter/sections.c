/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the loader by its section what each function is, gives tables their names from the text, and adds the
 * license.
 *
 *   before:  @__bcc_map_counts = … section ".maps"    define i32 @kprobe__do_exit(…)
 *   after:   @counts = … section ".maps"              define i32 @kprobe__do_exit(…) section "kprobe/do_exit"
 *            @_license = constant [4 x i8] c"GPL\00", section "license"
 *
 * A section that is called like a symbol gets a prefix (common/section_name.h):
 *
 *   before:  define i32 @sockops(…) section "sockops"
 *   after:   define i32 @sockops(…) section ".bpf.sec.sockops"
 *
 * What is in the kernel has a name that tells the loader so (common/kernel_symbol.h):
 *
 *   before:  @nr_cpu_ids = external global i32, section ".bcc.kernel", !dbg !7
 *   after:   @.bcc.kernel.nr_cpu_ids = external global i32
 */
#include <stdio.h>
#include <string.h>

#include "common/kernel_symbol.h"
#include "common/program_kind.h"
#include "common/section_name.h"
#include "ir.h"

#define TABLE_PREFIX "__bcc_map_"

/* Kernels, and architectures, have other names for the functions of system calls: ksyscall/NAME. */
static const char *sections_system_call(const struct bcc_program_kind *kind, const char *rest)
{
	if (kind != &bcc_program_kinds[BCC_KIND_KPROBE] && kind != &bcc_program_kinds[BCC_KIND_KRETPROBE])
		return NULL;
	return bcc_arch_system_call_of(rest);
}

static void section_of(struct rewriter *r, const char *name, char *buf, size_t size)
{
	const char *rest;
	const struct bcc_program_kind *kind = bcc_program_kind_of_function(name, &rest);
	const char *call = kind && r->opts->portable ? sections_system_call(kind, rest) : NULL;
	char target[512];

	if (call)
		snprintf(buf, size, "%s/%s",
			bcc_program_kinds[kind == &bcc_program_kinds[BCC_KIND_KPROBE] ? BCC_KIND_KSYSCALL
										      : BCC_KIND_KRETSYSCALL]
				.section,
			call);
	else if (kind)
		snprintf(buf, size, "%s/%s", kind->section,
			bcc_program_kind_target(kind, rest, NULL, target, sizeof(target)));
	else
		snprintf(buf, size, ".bpf.fn.%s", name);
}

static void sections_name_table(struct rewriter *r, LLVMValueRef table)
{
	size_t length;
	const char *name = LLVMGetValueName2(table, &length);
	LLVMValueRef other;
	char wanted[512];

	if (strncmp(name, TABLE_PREFIX, strlen(TABLE_PREFIX)))
		return;
	snprintf(wanted, sizeof(wanted), "%s", name + strlen(TABLE_PREFIX));
	/* the struct of the table's methods, if something still refers to it */
	other = LLVMGetNamedGlobal(r->module, wanted);
	if (other && !LLVMGetFirstUse(other))
		LLVMDeleteGlobal(other);
	else if (other && LLVMGetLinkage(other) == LLVMInternalLinkage)
		LLVMSetValueName2(other, "", 0);
	if (!LLVMGetNamedGlobal(r->module, wanted) && !LLVMGetNamedFunction(r->module, wanted))
		LLVMSetValueName2(table, wanted, strlen(wanted));
}

static bool in_section(LLVMValueRef global, const char *section)
{
	const char *name = LLVMGetSection(global);

	return name && !strcmp(name, section);
}

static void add_license(struct rewriter *r)
{
	LLVMValueRef gpl = LLVMConstStringInContext(r->context, "GPL", 3, false), license;

	license = LLVMAddGlobal(r->module, LLVMTypeOf(gpl), "_license");
	LLVMSetInitializer(license, gpl);
	LLVMSetGlobalConstant(license, true);
	LLVMSetSection(license, "license");
	LLVMSetAlignment(license, 1);
}

static bool is_symbol(struct rewriter *r, const char *name)
{
	char literal[512]; /* of asm("NAME") */

	snprintf(literal, sizeof(literal), "\1%s", name);
	for (const char *const *n = (const char *const[]){name, literal, NULL}; *n; n++)
		if (LLVMGetNamedFunction(r->module, *n) || LLVMGetNamedGlobal(r->module, *n) ||
			LLVMGetNamedGlobalAlias(r->module, *n, strlen(*n)))
			return true;
	return false;
}

static void sections_prefix(struct rewriter *r, LLVMValueRef global)
{
	const char *given = LLVMGetSection(global);
	char section[512];

	if (!given || !given[0] || !is_symbol(r, given))
		return;
	snprintf(section, sizeof(section), BCC_SECTION_PREFIX "%s", given);
	LLVMSetSection(global, section);
}

int bcc_prefix_sections(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f))
		sections_prefix(r, f);
	for (LLVMValueRef g = LLVMGetFirstGlobal(r->module); g; g = LLVMGetNextGlobal(g))
		sections_prefix(r, g);
	return 0;
}

static bool sections_is_called(LLVMValueRef global)
{
	LLVMValueRef user;

	for (LLVMUseRef use = LLVMGetFirstUse(global); use; use = LLVMGetNextUse(use)) {
		user = LLVMGetUser(use);
		if (LLVMIsACallInst(user) && LLVMGetCalledValue(user) == global)
			return true;
	}
	return false;
}

/* A function that is called stays as it is: that is an error, unless the call goes. The types of variables,
 * which reads know by now, are of no use to the kernel, and can be half of all that it has. */
static void sections_name_kernel_symbol(LLVMValueRef global)
{
	char name[512];
	size_t length;
	int written;

	if (!ir_is_kernel_symbol(global))
		return;
	LLVMSetSection(global, "");
	written = snprintf(
		name, sizeof(name), BCC_KERNEL_SYMBOL_PREFIX "%s", LLVMGetValueName2(global, &length));
	if (written >= (int)sizeof(name) || sections_is_called(global))
		return;
	LLVMGlobalClearMetadata(global);
	LLVMSetValueName2(global, name, written);
}

int bcc_place_sections(struct rewriter *r)
{
	IR_LIST tables = {0};
	const char *given;
	char section[512];
	bool licensed = false;
	size_t length;

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		sections_name_kernel_symbol(f);
		given = LLVMGetSection(f);
		if (LLVMIsDeclaration(f) || (given && given[0]))
			continue;
		if (ir_is_program(f))
			section_of(r, LLVMGetValueName2(f, &length), section, sizeof(section));
		LLVMSetSection(f, ir_is_program(f) ? section : ".text");
	}
	for (LLVMValueRef g = LLVMGetFirstGlobal(r->module); g; g = LLVMGetNextGlobal(g)) {
		sections_name_kernel_symbol(g);
		licensed |= in_section(g, "license");
		if (LLVMGetSection(g) && !strncmp(LLVMGetSection(g), ".maps", 5))
			ir_list_add(&tables, g);
	}
	for (size_t i = 0; i < tables.count; i++)
		sections_name_table(r, tables.at[i]);
	if (!licensed)
		add_license(r);
	return bcc_prefix_sections(r);
}
