/* SPDX-License-Identifier: Apache-2.0 */
/* What the text names: all that comes before it is chosen by that. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "frontends/btf/kernel_function.h"
#include "frontends/dependencies.h"
#include "frontends/newer_functions.h"
#include "frontends/prelude.h"
#include "job.h"

bool job_open_header_names(struct job *job)
{
	const char *asked = secure_getenv("BCC_HEADER_NAMES");
	char *folder;

	if (job->header_names)
		return true;
	folder = asked && *asked ? strdup(asked) : bcc_header_names_folder();
	job->header_names = bcc_header_names_new(folder, bcc_kernel_version(), job->request->dependencies);
	free(folder);
	/* there they are relocated, and made up where this kernel has none */
	if (job->header_names && job->libbpf)
		bcc_header_names_no_kernel_types(job->header_names);
	for (const struct listed_name *n = job->includes.first; job->header_names && n; n = name_list_next(n))
		bcc_header_names_include(job->header_names, n->text);
	return job->header_names != NULL;
}

bool job_knows_header(void *ctx, const char *name)
{
	struct job *job = ctx;

	return !job_open_header_names(job) || bcc_header_names_knows(job->header_names, name);
}

/* Without kernel headers, what a condition asks for may be what one of them defines; the configuration and
 * the version are known. */
static void condition_undefined(void *ctx, const char *name, size_t length)
{
	struct job *job = ctx;

	/* libbpf's programs are not part of the kernel, nor do their headers think so */
	if (job->libbpf && length == 10 && !memcmp(name, "__KERNEL__", 10))
		return;
	if ((length < 7 || memcmp(name, "CONFIG_", 7)) && (length != 7 || memcmp(name, "defined", 7)) &&
		!bcc_prelude_defines(name, length))
		name_list_add(&job->conditions, name, length);
}

static void text_includes(void *ctx, const char *name, size_t length)
{
	struct job *job = ctx;

	name_list_add(&job->includes, name, length);
}

/* A condition on something defined in a piece can only be answered if all pieces are included. */
static void condition_name(void *ctx, const char *name, size_t length)
{
	struct job *job = ctx;

	job->whole_prelude |= bcc_prelude_defines(name, length);
}

static int read_tokens_before(struct job *job, const struct bcc_virtual_file *files, size_t file_count)
{
	const struct bcc_token_reader reader = {bcc_names_token, job->names, condition_name,
		job_from_headers(job) ? NULL : condition_undefined,
		job_from_headers(job) ? NULL : text_includes, job};
	struct bcc_clang_input input = job->input;
	struct bcc_flags flags = {0};
	int ret = 0;

	input.files = files;
	input.file_count = file_count;
	input.listener = NULL;
	if (job_from_headers(job)) {
		/* this pass only looks for tracepoints: their names do not require reading the kernel's
		 * headers twice */
		ret = job_collect_flags(job, &flags, true);
		input.kernel_headers = false;
		input.flags = (const char *const *)flags.list;
		input.flag_count = flags.count;
	}
	if (!ret)
		ret = bcc_clang_tokens(&input, &reader, &job->err);
	bcc_flags_free(&flags);
	return ret;
}

size_t job_prelude_count(const struct job *job)
{
	return job->header_names_text ? PRELUDE_COUNT : HEADER_NAMES;
}

static int read_tokens(struct job *job)
{
	struct bcc_virtual_file files[PRELUDE_COUNT];
	int ret;

	if (!job->libbpf && !job->whole_prelude) {
		files[0] = job_fixed_prelude[CORE];
		files[1] = job->files[HEADER_NAMES];
		ret = read_tokens_before(job, files, job->header_names_text ? 2 : 1);
		if (ret || !job->whole_prelude)
			return ret;
		bcc_names_free(job->names);
		job->names = bcc_names_new();
		if (!job->names)
			return bcc_fail(&job->err, -ENOMEM, "out of memory");
	}
	job_set_prelude(job, files);
	if (job->libbpf)
		files[TYPES].text = "";
	files[HEADER_NAMES] = job->files[HEADER_NAMES];
	return read_tokens_before(job, files, job_prelude_count(job));
}

bool job_uses_iterators(const struct bcc_names *names)
{
	return bcc_names_has(names, "bpf_for") || bcc_names_has(names, "bpf_repeat") ||
	       bcc_names_has(names, "bpf_for_each") || bcc_names_has(names, "bpf_iter_num_new");
}

static bool compile_is_tag_keyword(const char *word, size_t length)
{
	static const char *const keywords[] = {"struct", "union", "enum"};

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (strlen(keywords[i]) == length && !memcmp(word, keywords[i], length))
			return true;
	return false;
}

/* What the declarations of functions need of the kernel's types is as if the text named it. */
static void compile_tell_words(struct bcc_names *names, const char *text)
{
	while (*text) {
		size_t length = 1;
		bool is_word = isalpha((unsigned char)*text) || *text == '_';

		while (is_word && (isalnum((unsigned char)text[length]) || text[length] == '_'))
			length++;
		if (!isspace((unsigned char)*text))
			bcc_names_token(
				names, text, length, is_word && !compile_is_tag_keyword(text, length));
		text += length;
	}
}

/* This kernel does not have it: a call of it is an error of the program that comes to it. Its arguments are
 * not known, which clang warns of where it is called. */
static void compile_declare_newer(FILE *out, const char *name)
{
	const char *type = bcc_newer_function_type(name);
	size_t length = strlen(name), destroy = strlen("_destroy");

	if (!type)
		return;
	/* bpf_for_each() has it called at the end of a block, which takes a parameter */
	if (!strncmp(name, "bpf_iter_", 9) && length > 9 + destroy &&
		!strcmp(name + length - destroy, "_destroy"))
		fprintf(out, "extern void %s(struct %.*s *it) __attribute__((weak, section(\".ksyms\")));\n",
			name, (int)(length - destroy), name);
	else
		fprintf(out,
			"#pragma clang diagnostic ignored \"-Wdeprecated-non-prototype\"\n"
			"extern %s%s() __attribute__((weak, section(\".ksyms\")));\n",
			type, name);
}

static int compile_declare_functions(struct job *job)
{
	size_t size;
	FILE *out;

	free(job->declarations);
	job->declarations = NULL;
	if (!job->functions->first || !job->types.kernel.data)
		return 0;
	out = open_memstream(&job->declarations, &size);
	if (!out)
		return -ENOMEM;
	for (const struct listed_name *n = job->functions->first; n; n = name_list_next(n)) {
		uint32_t id = bcc_btf_find_kernel_function(&job->types.kernel, n->text);
		bcc_auto_free char *text =
			id ? bcc_btf_kernel_function_declaration(&job->types.kernel, id) : NULL;

		if (text)
			fputs(text, out);
		else
			compile_declare_newer(out, n->text);
	}
	if (fclose(out))
		return -ENOMEM;
	compile_tell_words(job->names, job->declarations);
	return 0;
}

int job_find_names(struct job *job)
{
	int ret;

	bcc_names_free(job->names);
	job->names = bcc_names_new();
	if (!job->names)
		return bcc_fail(&job->err, -ENOMEM, "out of memory");
	ret = read_tokens(job);
	if (!ret)
		ret = compile_declare_functions(job);
	if (!ret && job->libbpf && job_uses_iterators(job->names))
		ret = bcc_names_add_tag(job->names, "bpf_iter_num");
	if (!ret && job->header_names)
		ret = bcc_header_names_tell(job->header_names, job->names);
	/* what the macros of probes.h build on */
	if (!ret)
		ret = bcc_names_add_tag(job->names, "pt_regs");
	if (!ret)
		ret = bcc_names_add_tag(job->names, "bpf_raw_tracepoint_args");
	for (const struct listed_name *n = job->tags->first; !ret && n; n = name_list_next(n))
		ret = bcc_names_add_tag(job->names, n->text);
	if (ret == -ENOMEM || (!ret && bcc_names_incomplete(job->names)))
		return bcc_fail(&job->err, -ENOMEM, "out of memory for the names of the text");
	return ret;
}
