/* SPDX-License-Identifier: Apache-2.0 */
/* Text → module → object. */
#include <errno.h>
#include <stdlib.h>

#include <llvm-c/Core.h>

#include "common/arch/arch.h"
#include "frontends/rdonly_cast.h"
#include "rewriter/rewriter.h"
#include "job.h"

void job_show_source(struct job *job)
{
	if (job->request->debug & BCC_DEBUG_SOURCE)
		job_say(job, BCC_LOG_DEBUG,
			"/* types of the kernel */\n%s/* tracepoints */\n%s/* %s */\n%s\n",
			job->types.text ? job->types.text : "", job->tracepoints ? job->tracepoints : "",
			job->request->name, job->request->text);
}

static void show_ir(struct job *job, LLVMModuleRef module, const char *when)
{
	char *ir;

	if (!(job->request->debug & BCC_DEBUG_IR))
		return;
	ir = LLVMPrintModuleToString(module);
	job_say(job, BCC_LOG_DEBUG, "; IR %s the rewriter\n%s\n", when, ir);
	LLVMDisposeMessage(ir);
}

static unsigned compile_rdonly_cast(const void *ctx)
{
	const struct job *job = ctx;

	return bcc_rdonly_cast(&job->types.kernel, job->request->host);
}

/* Module → object; if `*broken`, neither the module nor its context may be freed. */
static int compile_generate(
	struct job *job, LLVMModuleRef module, struct bcc_compile_result *result, bool *broken)
{
	bool told_apart = bcc_arch_host->kernel_addresses_are_negative;
	/* on another kernel, the quicker ways to read are not known, nor which fields are neighbours */
	bool plain_reads = job->plain_reads || job->request->portable;
	struct bcc_rewrite_opts opts = {.arch = bcc_arch_host,
		.reads_user_memory = told_apart,
		.rdonly_cast =
			told_apart && job->types.kernel.data && !plain_reads ? compile_rdonly_cast : NULL,
		.rdonly_cast_ctx = job,
		.typed_loads = !plain_reads && !bcc_reads_forced("helper") && !bcc_reads_forced("single"),
		.libbpf = job->libbpf,
		.portable = job->request->portable,
		.merge_reads = !plain_reads && !bcc_reads_forced("single"),
		.function_advice = bcc_function_advice};
	bool want_asm = job->request->debug & BCC_DEBUG_ASM;
	char *assembly = NULL;
	int ret;

	show_ir(job, module, "before");
	ret = bcc_rewrite(module, &opts, &job->err);
	if (ret)
		return ret;
	job->rewritten = true;
	show_ir(job, module, "after");
	ret = bcc_codegen(
		module, &result->elf, &result->elf_size, want_asm ? &assembly : NULL, broken, &job->err);
	if (assembly)
		job_say(job, BCC_LOG_DEBUG, "%s\n", assembly);
	free(assembly);
	return ret;
}

int job_generate(struct job *job, struct bcc_compile_result *result)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMModuleRef module = NULL;
	char *warnings = NULL;
	bool broken = false;
	int ret = bcc_clang_module(&job->input, context, &module, &warnings, &job->err);

	if (warnings && !job->plain_reads)
		job_say(job, BCC_LOG_WARN, "%s", warnings);
	free(warnings);
	job->parsed = !ret;
	if (!ret) {
		ret = compile_generate(job, module, result, &broken);
		if (ret == -EINVAL)
			job_show_line(job);
	}
	if (broken)
		return ret;
	if (module)
		LLVMDisposeModule(module);
	LLVMContextDispose(context);
	return ret;
}
