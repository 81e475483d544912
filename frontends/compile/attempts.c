/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to compile a text, one after another. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/array.h"
#include "common/kheaders.h"
#include "frontends/renames/raw_arguments.h"
#include "rewriter/rewriter.h"
#include "attempts.h"

enum attempt_when {
	AT_FIRST,
	/* clang does not know names that headers define: with these, for as long as they lead to others */
	UNPARSED_UNKNOWN_NAMES,
	/* no attempt has parsed the text, and the kernel's BTF may lack something it needs */
	UNPARSED,
	/* it lacks types that other kernels have */
	UNPARSED_NEW_TYPES,
	/* nor did any attempt have the complete prelude */
	UNPARSED_IN_PIECES,
	/* one has parsed it, but its variables and what is read for it need too much stack */
	NO_STACK,
};

/* The ways to compile a text, tried one after another until one works or none is left. The errors reported
 * are those of the first attempt, unless a later one gives better ones: because it parsed the text, or had
 * all names to choose from. */
static const struct attempt {
	/* the source of types; NULL: that of the last attempt, parsed again */
	int (*open)(struct job *job);
	enum attempt_when when;
	/* the complete prelude, not only what the text seems to need */
	bool whole_prelude;
	/* including types of modules */
	bool modules;
	/* types that neither the kernel nor its modules have are made */
	bool new_types;
	/* of all ways to read kernel memory, the one that needs the least of a program's 512 bytes of
	 * stack */
	bool plain_reads;
} attempts[] = {
	{.when = AT_FIRST, .open = job_open_kernel},
	{.when = UNPARSED_UNKNOWN_NAMES, .open = job_open_btf},
	{.when = UNPARSED, .open = job_open_btf, .whole_prelude = true, .modules = true},
	/* if there are no modules */
	{.when = UNPARSED_NEW_TYPES, .open = job_open_btf, .new_types = true},
	/* BTF has no macros and no inline functions */
	{.when = UNPARSED, .open = job_open_installed_headers},
	/* if a module's types could not be read */
	{.when = UNPARSED_IN_PIECES, .open = job_open_btf, .whole_prelude = true},
	{.when = NO_STACK, .plain_reads = true},
};

/* Puts this kernel's names of members in the place of those that it does not have. Whether it did. */
static bool attempts_rename(struct attempts *all)
{
	char *text = bcc_renames_apply(&all->renames, all->request.text);

	if (!text)
		return false;
	free(all->text);
	all->text = text;
	all->request.text = text;
	return true;
}

/* Whether what the last attempt complained of is known now. */
static bool attempts_learn(struct attempts *all, const struct job *failed)
{
	bool renamed = attempts_rename(all), added = all->added.changes > all->added_before, fitted;

	fitted = all->first.header_names && bcc_header_names_fit(all->first.header_names);
	all->added_before = all->added.changes;
	fitted |= job_learn_tags(&all->first, failed);
	if (failed->everything || failed->new_types)
		fitted |= job_learn_types(&all->first, failed);
	fitted |= job_learn_own(&all->first, failed);
	fitted |= HASH_COUNT(all->hidden.first) > all->hidden_before;
	all->hidden_before = HASH_COUNT(all->hidden.first);
	fitted |= job_learn_functions(&all->first, failed);
	return job_learn_names(&all->first, failed) || renamed || added || fitted;
}

static bool attempt_is_due(struct attempts *all, const struct attempt *attempt)
{
	/* without names, it was the flags that were wrong, not the text */
	bool unparsed = all->ret == -EINVAL && !all->counts->parsed && all->first.names &&
			!job_from_headers(&all->first);

	switch (attempt->when) {
	case AT_FIRST:
		return true;
	case UNPARSED_UNKNOWN_NAMES:
		return unparsed && attempts_learn(all, &all->first);
	case UNPARSED:
		return unparsed;
	case UNPARSED_NEW_TYPES:
		return unparsed && job_learn_types(&all->first, &all->first);
	case UNPARSED_IN_PIECES:
		return unparsed && !all->first.whole_prelude;
	case NO_STACK:
		return all->ret && all->counts->rewritten && all->counts->err.text &&
		       strstr(all->counts->err.text, "bytes of stack");
	}
	return false;
}

/* In an object for other kernels, and in libbpf's dialect, the text itself has to ask what differs. */
static int attempts_fit_raw_arguments(struct attempts *all)
{
	struct job *job = &all->first;
	char *text;
	int ret;

	if (!job->types.kernel.data || job->libbpf || all->request.portable)
		return 0;
	ret = bcc_raw_arguments_fit(&job->types.kernel, all->request.name, all->request.text, &text,
		&all->renames.warnings, &job->err);
	if (text)
		all->request.text = all->text = text;
	return ret;
}

/* Returns false if there is nothing to compile with. */
static bool attempt_first(struct attempts *all, const struct attempt *attempt)
{
	bool opened;

	all->ret = attempt->open(&all->first);
	opened = !all->ret;
	if (opened)
		all->ret = attempts_fit_raw_arguments(all);
	if (!all->ret)
		all->ret = job_run(&all->first, all->result);
	job_tell_dependencies(&all->first);
	return opened;
}

/* What is reported at last is about what the text was compiled with. */
static void take_diagnostics(struct job *job, struct job *again)
{
	bcc_err_clear(&job->err);
	job->err = again->err;
	again->err = (struct bcc_err){0};
	bcc_names_free(job->names);
	job->names = again->names;
	again->names = NULL;
}

/* Returns whether the same again, with more names, may be parsed. */
static bool attempt_once(struct attempts *all, const struct attempt *attempt)
{
	struct job *first = &all->first, *again = &all->again;
	bool more;
	int ret;

	job_free(again);
	job_open_header_names(first); /* both have the same */
	*again = (struct job){.request = first->request,
		.everything = attempt->modules,
		.new_types = attempt->new_types,
		.whole_prelude = attempt->whole_prelude,
		.libbpf = first->libbpf,
		.renames = &all->renames,
		.added = &all->added,
		.tags = &all->tags,
		.own = &all->own,
		.hidden = &all->hidden,
		.functions = &all->functions,
		.header_names = attempt->open == job_open_btf ? first->header_names : NULL};
	if (attempt->open(again))
		return false;
	ret = job_run(again, all->result);
	job_tell_dependencies(again);
	if (again->parsed) {
		all->counts = again;
		all->ret = ret;
		if (job_from_headers(again))
			job_say(again, BCC_LOG_INFO, "%s: using the kernel's headers at %s for its types\n",
				again->request->name,
				again->headers.unpacked ? BCC_KHEADERS : again->headers.build);
		return false;
	}
	if (attempt->open != job_open_btf || again->err.code != -EINVAL)
		return false;
	more = attempts_learn(all, again);
	take_diagnostics(first, again);
	first->whole_prelude |= attempt->whole_prelude;
	return more;
}

/* Names of headers lead to others, and to types. */
enum { MOST_ROUNDS = 32 };

static void attempt_again(struct attempts *all, const struct attempt *attempt)
{
	bcc_kernel_types_free(&all->first.types); /* each attempt has its own: never both at once */
	for (int round = 0; round < MOST_ROUNDS && attempt_once(all, attempt); round++)
		;
}

static void attempt_with_plain_reads(struct attempts *all)
{
	struct job *job = all->counts;

	if (job->libbpf || bcc_rewrite_had_relocations())
		return;
	job->plain_reads = true;
	all->ret = job_generate(job, all->result);
	if (!all->ret)
		bcc_err_clear(&job->err);
}

/* Explains where to find what the text lacks, if no attempt has parsed it. */
static void attempts_explain(struct attempts *all)
{
	char dependencies[PATH_MAX];
	struct utsname name;

	if (all->ret != -EINVAL || all->counts->parsed || !all->first.names ||
		job_from_headers(&all->first) || uname(&name))
		return;
	snprintf(dependencies, sizeof(dependencies), "/lib/modules/%s/modules.dep", name.release);
	bcc_kernel_types_explain(all->first.names, all->first.request->btf_fd, dependencies, &all->first.err);
}

/* A program that asks whether there is the type does not come to where it would matter. */
static void attempts_warn_of_sizes(const struct attempts *all)
{
	for (size_t i = 0; i < all->added.type_count; i++) {
		const struct bcc_added_type *type = &all->added.types[i];

		if (type->has_size)
			job_say(all->counts, BCC_LOG_WARN,
				"%s: this kernel has no %s %s: its size is made up; ask for it with bpf_core_type_exists()\n",
				all->request.name, type->is_union ? "union" : "struct", type->tag);
	}
}

void attempts_run(void *ctx)
{
	struct attempts *all = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		const struct attempt *attempt = &attempts[i];

		if (!attempt_is_due(all, attempt))
			continue;
		if (attempt->plain_reads)
			attempt_with_plain_reads(all);
		else if (attempt->when != AT_FIRST)
			attempt_again(all, attempt);
		else if (!attempt_first(all, attempt))
			return;
	}
	attempts_explain(all);
	if (!all->ret)
		attempts_warn_of_sizes(all);
	if (!all->ret && all->renames.warnings)
		job_say(all->counts, BCC_LOG_WARN, "%s", all->renames.warnings);
	if (all->ret && !all->counts->parsed)
		bcc_renames_explain(&all->renames, &all->counts->err);
	if (all->ret && all->first.header_names)
		bcc_header_names_explain(all->first.header_names, &all->counts->err);
}
