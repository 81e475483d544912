/* SPDX-License-Identifier: Apache-2.0 */
/* One compilation, from the text to the object. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/arch/arch.h"
#include "common/printable.h"
#include "job.h"

void job_say(struct job *job, enum bcc_log_level level, const char *format, ...)
{
	va_list args;
	char *text;
	int ret;

	if (!job->request->log)
		return;
	va_start(args, format);
	ret = vasprintf(&text, format, args);
	va_end(args);
	if (ret < 0)
		return;
	text = bcc_printable(text, true);
	job->request->log(job->request->log_ctx, level, text);
	free(text);
}

/* What cannot be in an object for other kernels, besides what clang/portable.h finds. */
static int compile_check_portable(struct job *job)
{
	const char *name, *header = "";

	if (!job->request->portable)
		return 0;
	if (job_from_headers(job))
		return bcc_fail(&job->err, -EINVAL,
			"%s: error: an object for other kernels needs the types of BTF: kernel headers are about one kernel",
			job->request->name);
	if (job->names && !job->libbpf && bcc_names_has(job->names, "bpf_usdt_readarg"))
		return bcc_fail(&job->err, -EINVAL,
			"%s: error: bpf_usdt_readarg() reads arguments as this kernel can, but the object is for others too",
			job->request->name);
	name = job->header_names ? bcc_header_names_unstable(job->header_names, &header) : NULL;
	return name ? job_fail_unstable(job, name, header) : 0;
}

static bool compile_is_stable(void *ctx, const char *name)
{
	struct job *job = ctx;

	return job_open_header_names(job) && bcc_header_names_is_stable(job->header_names, name);
}

int job_run(struct job *job, struct bcc_compile_result *result)
{
	int ret = job_collect_flags(job, &job->flags, false);

	if (ret)
		return ret;
	job_set_prelude(job, job->files);
	if (job_from_headers(job)) {
		job->files[TYPES].name = "bcc/headers.h";
		/* what its headers use is not looked at */
		job->whole_prelude = true;
	}
	job->input = (struct bcc_clang_input){
		.name = job->request->name,
		.text = job->request->text,
		.files = job->files,
		.file_count = HEADER_NAMES,
		.flags = (const char *const *)job->flags.list,
		.flag_count = job->flags.count,
		.kernel_headers = job_from_headers(job),
		.libbpf = job->libbpf,
		.portable = job->request->portable,
		.argument_registers = bcc_arch_argument_count(bcc_arch_host),
		.dependencies = job->request->dependencies,
		.listener = job_from_headers(job) ? NULL : &job->listener,
		.knows_header = job_from_headers(job) ? NULL : job_knows_header,
		.knows_header_ctx = job,
		.is_hidden = job->hidden->first ? job_macro_is_hidden : NULL,
		.is_hidden_ctx = job,
		.is_stable = compile_is_stable,
		.is_stable_ctx = job,
	};
	job->listener = job_listener(job);
	ret = job_prepare(job);
	/* of the types that their definitions need, the kernel has most */
	while (!ret && job->header_names && bcc_header_names_add_types(job->header_names, job->names))
		ret = job_prepare(job);
	if (!ret)
		ret = compile_check_portable(job);
	if (ret)
		return ret;
	job_show_source(job);
	return job_generate(job, result);
}

void job_free(struct job *job)
{
	bcc_err_clear(&job->err);
	bcc_names_free(job->names);
	bcc_flags_free(&job->flags);
	bcc_headers_free(&job->headers);
	bcc_kernel_types_free(&job->types);
	free(job->tracepoints);
	free(job->declarations);
	job_free_pieces(job);
	free(job->header_names_text);
	name_list_free(&job->unknown);
	name_list_free(&job->incomplete);
	name_list_free(&job->unions);
	name_list_free(&job->sized);
	name_list_free(&job->variables);
	name_list_free(&job->members);
	name_list_free(&job->defined_twice);
	name_list_free(&job->conditions);
	name_list_free(&job->includes);
}
