/* SPDX-License-Identifier: Apache-2.0 */
/* What comes before the text: the kernel's types, the language, names of headers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/arch/arch.h"
#include "frontends/btf/tracepoint_class.h"
#include "frontends/tracefs/format.h"
#include "frontends/dependencies.h"
#include "frontends/opaque_structs.h"
#include "frontends/prelude.h"
#include "job.h"

const struct bcc_virtual_file job_fixed_prelude[PRELUDE_COUNT] = {
	[TYPES] = {"bcc/types.h", NULL},
	[KERNEL_TYPES] = {"bcc/kernel_types.h", ""},
	[TRACEPOINTS] = {"bcc/tracepoints.h", ""},
	[HELPERS] = {"bcc/helper_defs.h", NULL},
	[CORE] = {"bcc/core.h", NULL},
	[LANGUAGE] = {"bcc/language.h", NULL},
	[PROBES] = {"bcc/probes.h", NULL},
	[TABLES] = {"bcc/tables.h", NULL},
	[USDT] = {"bcc/usdt.h", ""},
	[ITERATORS] = {"bpf/bcc_iterators.h", "", .on_request = true},
	[HEADER_NAMES] = {BCC_HEADER_NAMES_FILE, "", .is_of_text = true},
};

/* In libbpf's dialect, headers bring the language: they include what make_prelude() chooses. */
void job_set_prelude(const struct job *job, struct bcc_virtual_file files[PRELUDE_COUNT])
{
	memcpy(files, job_fixed_prelude, sizeof(job_fixed_prelude));
	for (int i = TRACEPOINTS; job->libbpf && i < HEADER_NAMES; i++) {
		files[i].text = i == USDT ? NULL : ""; /* of which bpf/usdt.bpf.h is made */
		files[i].on_request = true;
	}
}

static int add_pointee(void *names, const char *tag)
{
	return bcc_names_add_tag(names, tag);
}

struct tracepoint_writer {
	struct job *job;
	struct bcc_format_classes classes;
	FILE *out;
};

static const char *compile_tracepoint_class(
	void *ctx, const char *name, const struct bcc_tracepoint_member *members, size_t count)
{
	const struct job *job = ctx;

	return bcc_btf_tracepoint_class(&job->types.kernel, name, members, count);
}

static int write_tracepoint(void *ctx, const char *category_and_name)
{
	struct tracepoint_writer *w = ctx;
	struct job *job = w->job;
	int ret;

	if (job->request->tracefs_fd < 0)
		ret = bcc_fail(&job->err, -EOPNOTSUPP,
			"the struct of tracepoint %s comes from tracefs, which cannot be read: %s",
			category_and_name,
			job->request->tracefs_why ? job->request->tracefs_why : "it was not opened");
	else
		ret = bcc_tracepoint_struct_of(job->request->tracefs_fd, category_and_name,
			job->request->dependencies, w->out, add_pointee, job->names,
			job->request->portable ? &w->classes : NULL, &job->err);
	return ret ? job_fail_tracepoint(job, category_and_name) : 0;
}

static int make_tracepoints(struct job *job)
{
	struct tracepoint_writer w = {.job = job, .classes = {compile_tracepoint_class, job}};
	size_t size;
	int ret;

	free(job->tracepoints);
	job->tracepoints = NULL;
	if (job->libbpf)
		return 0;
	w.out = open_memstream(&job->tracepoints, &size);
	if (!w.out)
		return bcc_fail(&job->err, -ENOMEM, "out of memory for tracepoints");
	ret = bcc_names_tracepoints(job->names, write_tracepoint, &w);
	if (fclose(w.out) && !ret)
		ret = bcc_fail(&job->err, -ENOMEM, "out of memory for tracepoints");
	job->files[TRACEPOINTS].text = job->tracepoints;
	return ret;
}

static void depend_on_module(void *ctx, const char *path)
{
	struct job *job = ctx;

	bcc_depend_path(job->request->dependencies, path);
}

/* In libbpf's dialect, and for other kernels, the object notes what is accessed in the kernel's types. */
static int make_types_relocatable(struct job *job)
{
	char *text, *types = bcc_added_members_write(job->added, job->types.text ? job->types.text : "");
	int length = -1;

	if (types)
		length = asprintf(&text,
			"#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n"
			"%s#pragma clang attribute pop\n"
			"%s",
			types, job->declarations ? job->declarations : "");
	free(types);
	if (length < 0)
		return bcc_fail(&job->err, -ENOMEM, "out of memory for kernel types");
	free(job->types.text);
	job->types.text = text;
	return 0;
}

/* Whether the text has a vmlinux.h of its own, made of all types that some kernel has. */
static bool compile_has_all_types(const struct job *job)
{
	return job->libbpf && bcc_names_defines_tag(job->names, "task_struct") &&
	       bcc_names_defines_tag(job->names, "sk_buff") && bcc_names_defines_tag(job->names, "pt_regs") &&
	       bcc_names_defines_tag(job->names, "trace_event_raw_sys_enter");
}

static int make_kernel_types(struct job *job)
{
	int ret;

	free(job->types.text);
	job->types.text = NULL;
	if (compile_has_all_types(job)) {
		job->files[TYPES].text = "";
		job->files[KERNEL_TYPES].text = "";
		return 0;
	}
	ret = bcc_kernel_types_write(
		&job->types, job->names, job->everything, depend_on_module, job, &job->err);
	if (!ret && job->libbpf && bcc_opaque_structs_add(job->names, &job->types.text))
		ret = bcc_fail(&job->err, -ENOMEM, "out of memory for kernel types");
	if (!ret && (job->libbpf || job->request->portable))
		ret = make_types_relocatable(job);
	job->files[KERNEL_TYPES].text = job->types.text;
	return ret;
}

void job_free_pieces(struct job *job)
{
	for (int i = 0; i < BCC_PRELUDE_FILES; i++) {
		free(job->pieces[i]);
		job->pieces[i] = NULL;
	}
}

/* A part of the prelude that leaves the text its own names: what the prelude declares has others within it,
 * and its macros end with it. */
static char *prelude_without_own(const struct job *job, int file)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (const struct listed_name *n = job->own->first; n; n = name_list_next(n))
		if (bcc_prelude_declares(n->text) && !bcc_prelude_has_macro(n->text, file))
			fprintf(out, "#define %s __bcc_hidden_%s\n", n->text, n->text);
	fputs(job->pieces[file], out);
	for (const struct listed_name *n = job->own->first; n; n = name_list_next(n))
		fprintf(out, "#undef %s\n", n->text);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static void prelude_own_function(void *ctx, const char *name)
{
	struct job *job = ctx;

	name_list_add(job->own, name, strlen(name));
}

static int prelude_hide_own(struct job *job)
{
	for (int i = 0; job->own->first && i < BCC_PRELUDE_FILES; i++) {
		char *text = prelude_without_own(job, i);

		if (!text)
			return -ENOMEM;
		free(job->pieces[i]);
		job->pieces[i] = text;
	}
	return 0;
}

/* bcc/usdt.h defines a table: include it only for texts that use it. */
static int make_prelude(struct job *job)
{
	static const enum prelude places[BCC_PRELUDE_FILES] = {[BCC_HELPERS] = HELPERS,
		[BCC_LANGUAGE] = LANGUAGE,
		[BCC_PROBES] = PROBES,
		[BCC_TABLES] = TABLES,
		[BCC_USDT] = USDT};
	int ret;

	if (job->libbpf && job_uses_iterators(job->names))
		job->files[ITERATORS].text = NULL;
	if (bcc_names_has(job->names, "bpf_usdt_readarg") || bcc_names_has(job->names, "bpf_usdt_readarg_p"))
		job->files[USDT].text = NULL;
	if (job->libbpf && job->whole_prelude)
		job->files[HELPERS].text = NULL;
	if (!job->libbpf)
		bcc_prelude_own_functions(job->names, prelude_own_function, job);
	if (job->whole_prelude && !job->own->first)
		return 0;
	job_free_pieces(job);
	ret = bcc_prelude_select(job->whole_prelude ? NULL : job->names, job->pieces);
	if (!ret)
		ret = prelude_hide_own(job);
	for (int i = 0; !ret && i < BCC_PRELUDE_FILES; i++)
		if ((!job->libbpf || i == BCC_HELPERS) && (!job->whole_prelude || i != BCC_USDT))
			job->files[places[i]].text = job->pieces[i];
	return ret ? bcc_fail(&job->err, ret, "out of memory for the prelude of the text") : 0;
}

/* bpf_num_cpus() is a number in the program. */
static int add_cpu_count(struct job *job)
{
	bcc_depend_path(job->request->dependencies, "/sys/devices/system/cpu/online");
	return bcc_flags_add(&job->flags, "-D__BCC_CPU_COUNT=%ld", sysconf(_SC_NPROCESSORS_ONLN));
}

static int compile_fail_cpu_count(struct job *job)
{
	return bcc_fail(&job->err, -EINVAL,
		"%s: error: the text uses the number of this machine's CPUs (num_online_cpus(), num_possible_cpus()), but the object is for other machines too",
		job->request->name);
}

static int make_header_names(struct job *job)
{
	int ret = 0;

	free(job->header_names_text);
	job->header_names_text = NULL;
	if (job->header_names)
		ret = bcc_header_names_text(job->header_names, &job->header_names_text);
	if (!ret)
		ret = job_add_config_flags(job, job->header_names_text, &job->flags);
	if (!ret && job->header_names_text && strstr(job->header_names_text, "__BCC_CPU_COUNT"))
		ret = job->request->portable ? compile_fail_cpu_count(job) : add_cpu_count(job);
	if (ret == -EINVAL)
		return ret;
	if (ret)
		return bcc_fail(&job->err, ret, "out of memory for names of kernel headers");
	job->files[HEADER_NAMES].text = job->header_names_text;
	job->input.file_count = job_prelude_count(job);
	job->input.flags = (const char *const *)job->flags.list;
	job->input.flag_count = job->flags.count;
	return 0;
}

static bool compile_includes_vmlinux(const struct job *job)
{
	for (const struct listed_name *n = job->includes.first; n; n = name_list_next(n))
		if (strstr(n->text, "vmlinux"))
			return true;
	return false;
}

/*
 * Without vmlinux.h, programs for libbpf have the struct pt_regs of <linux/ptrace.h>, or one of their own
 * like it: its members have the names that user space gives registers, "rdi", which become the kernel's.
 * Whether the text has any.
 */
static int name_registers(struct job *job, bool *any)
{
	const struct bcc_arch *arch = bcc_arch_host;
	int ret = 0;

	*any = false;
	if (!job->libbpf || job->registers_named || compile_includes_vmlinux(job) ||
		(!bcc_names_has(job->names, "pt_regs") && !bcc_names_has(job->names, "bpf_perf_event_data")))
		return 0;
	job->registers_named = true;
	for (size_t i = 0; !ret && i < arch->register_count; i++) {
		const struct bcc_register *r = &arch->registers[i];

		if (strcmp(r->bytes8, r->name) == 0 || strchr(r->name, '[') ||
			!bcc_names_has(job->names, r->bytes8))
			continue;
		ret = bcc_flags_add(&job->flags, "-D%s=%s", r->bytes8, r->name);
		*any = true;
	}
	return ret ? bcc_fail(&job->err, ret, "out of memory for compiler flags") : 0;
}

int job_prepare(struct job *job)
{
	bool again;
	int ret;

	do {
		ret = make_header_names(job);
		if (!ret)
			ret = job_find_names(job);
		again = !ret && job_learn_conditions(job);
		if (!ret && !again)
			ret = name_registers(job, &again);
	} while (!ret && again);
	if (!ret)
		ret = make_prelude(job);
	if (!ret)
		ret = make_tracepoints(job);
	if (!ret && !job_from_headers(job))
		ret = make_kernel_types(job);
	return ret;
}
