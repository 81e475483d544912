/* SPDX-License-Identifier: Apache-2.0 */
/* Names that clang asks for, and what is known of them. */
#include <string.h>

#include "frontends/btf/kernel_function.h"
#include "frontends/newer_functions.h"
#include "frontends/prelude.h"
#include "job.h"

static void name_unknown(void *ctx, const char *name)
{
	struct job *job = ctx;

	name_list_add(&job->unknown, name, strlen(name));
}

static void member_unknown(void *ctx, const char *name)
{
	struct job *job = ctx;

	name_list_add(&job->members, name, strlen(name));
}

static void tag_incomplete(void *ctx, const char *tag, bool is_union)
{
	struct job *job = ctx;

	name_list_add(&job->incomplete, tag, strlen(tag));
	if (is_union)
		name_list_add(&job->unions, tag, strlen(tag));
}

static void name_defined_twice(void *ctx, const char *name)
{
	struct job *job = ctx;

	name_list_add(&job->defined_twice, name, strlen(name));
}

/* In BCC's dialect, the kernel's own headers would be in the way too. */
static void macro_in_the_way(void *ctx, const char *name)
{
	struct job *job = ctx;

	if (!job->libbpf || name_list_has(job->hidden, name))
		return;
	name_list_add(job->hidden, name, strlen(name));
}

bool job_macro_is_hidden(void *ctx, const char *name)
{
	const struct job *job = ctx;

	return name_list_has(job->hidden, name);
}

static void no_member(void *ctx, const char *tag, const char *member, bool in_header_names, size_t place)
{
	struct job *job = ctx;

	if (job->libbpf)
		bcc_added_members_note(job->added, tag, member);
	else if (job->types.kernel.data && in_header_names)
		bcc_header_names_lack_member(job->header_names, &job->types.kernel, tag, member, place);
	else if (job->types.kernel.data)
		bcc_renames_look(job->renames, &job->types.kernel, job->request->name, job->request->text,
			tag, member, place);
}

static void no_struct(void *ctx, const char *type, bool is_pointer)
{
	struct job *job = ctx;

	bcc_added_members_note_struct(job->added, type, is_pointer);
}

static void no_enumerator(void *ctx, const char *tag, const char *name)
{
	struct job *job = ctx;

	if (job->libbpf)
		bcc_added_members_note_enumerator(job->added, tag, name);
}

/* Only for texts that ask whether there are types, as bpf_core_type_exists() does; an object for other
 * kernels would have the size that is made up where the type has another. */
static void no_size(void *ctx, const char *tag, bool is_union)
{
	struct job *job = ctx;

	if (!job->libbpf || job->request->portable || !job->names ||
		!bcc_names_has(job->names, "__builtin_preserve_type_info"))
		return;
	tag_incomplete(ctx, tag, is_union);
	name_list_add(&job->sized, tag, strlen(tag));
}

/* The struct of functions is of a kernel that has more of them: the loader says so of what it is for. An
 * object for that kernel would have another struct than it has. */
static void no_variable(void *ctx, const char *tag, bool is_union)
{
	struct job *job = ctx;

	if (!job->libbpf || job->request->portable)
		return;
	tag_incomplete(ctx, tag, is_union);
	name_list_add(&job->variables, tag, strlen(tag));
}

static void other_type(void *ctx, const char *type, enum bcc_needed_type needed, const char *tag)
{
	struct job *job = ctx;

	bcc_added_members_note_other_type(job->added, type, needed, tag);
}

/* Modules may have it. */
static void no_typedef(void *ctx, const char *name)
{
	struct job *job = ctx;

	if (job->libbpf && (job->everything || job->new_types))
		bcc_added_members_note_typedef(job->added, name);
}

static void other_struct(void *ctx, const char *member, unsigned indexes)
{
	struct job *job = ctx;

	if (job->libbpf)
		bcc_added_members_note_other_struct(job->added, member, indexes);
}

static void no_pointer(void *ctx, const char *type)
{
	struct job *job = ctx;

	bcc_added_members_note_pointer(job->added, type);
}

static void no_array(void *ctx, const char *name, unsigned index, unsigned value)
{
	struct job *job = ctx;

	bcc_added_members_note_array(job->added, name, index, value);
}

struct bcc_name_listener job_listener(struct job *job)
{
	return (struct bcc_name_listener){name_unknown, member_unknown, tag_incomplete, name_defined_twice,
		macro_in_the_way, no_member, no_struct, no_pointer, no_array, no_enumerator, no_size,
		no_variable, other_type, no_typedef, other_struct, job};
}

/* The structs that only results of functions lead to: bpf_get_current_task_btf()->pid. Whether there are more
 * of them than before. */
bool job_learn_tags(struct job *job, const struct job *failed)
{
	const struct bcc_btf_bytes *kernel = &failed->types.kernel;
	size_t before = HASH_COUNT(job->tags->first);

	if (!failed->names || !kernel->data)
		return false;
	for (const struct listed_name *n = failed->incomplete.first; n; n = name_list_next(n))
		if (!bcc_names_has_tag(failed->names, n->text) &&
			(bcc_btf_find_type(kernel, n->text, BTF_KIND_STRUCT) ||
				bcc_btf_find_type(kernel, n->text, BTF_KIND_UNION)))
			name_list_add(job->tags, n->text, strlen(n->text));
	return HASH_COUNT(job->tags->first) > before;
}

/* In libbpf's dialect, types that neither this kernel nor one of its modules has. Whether there are more of
 * them than before. */
bool job_learn_types(struct job *job, const struct job *failed)
{
	size_t before = job->added->changes;

	if (!failed->libbpf || !failed->names)
		return false;
	for (const struct listed_name *n = failed->incomplete.first; n; n = name_list_next(n)) {
		bool is_union = name_list_has(&failed->unions, n->text);

		if (!bcc_names_lacks_tag(failed->names, n->text))
			continue;
		if (name_list_has(&failed->variables, n->text))
			bcc_added_members_note_variable(job->added, n->text, is_union);
		else if (name_list_has(&failed->sized, n->text))
			bcc_added_members_note_size(job->added, n->text, is_union);
		else
			bcc_added_members_note_type(job->added, n->text, is_union);
	}
	return job->added->changes > before;
}

/* The names of the prelude that the text defines itself: it may be older than they are. Whether there are
 * more of them than before. */
bool job_learn_own(struct job *job, const struct job *failed)
{
	size_t before = HASH_COUNT(job->own->first);

	for (const struct listed_name *n = failed->defined_twice.first; n; n = name_list_next(n))
		if (bcc_prelude_declares(n->text))
			name_list_add(job->own, n->text, strlen(n->text));
	return HASH_COUNT(job->own->first) > before;
}

/* In libbpf's dialect, the kernel's functions for programs are declared, as in a vmlinux.h. Whether there are
 * more of them than before. */
bool job_learn_functions(struct job *job, const struct job *failed)
{
	const struct bcc_btf_bytes *kernel = &failed->types.kernel;
	size_t before = HASH_COUNT(job->functions->first);

	if (!failed->libbpf || !kernel->data)
		return false;
	for (const struct listed_name *n = failed->unknown.first; n; n = name_list_next(n))
		if (bcc_btf_find_kernel_function(kernel, n->text) ||
			(!failed->request->portable && bcc_newer_function_type(n->text)))
			name_list_add(job->functions, n->text, strlen(n->text));
	return HASH_COUNT(job->functions->first) > before;
}

/* Whether parsing the text again will tell more: what `failed` complains of was found. */
bool job_learn_names(struct job *job, const struct job *failed)
{
	bool more = false;

	if ((!failed->unknown.first && !failed->defined_twice.first && !failed->members.first) ||
		!failed->names || !job_open_header_names(job))
		return false;
	for (const struct listed_name *n = failed->defined_twice.first; n; n = name_list_next(n))
		more |= bcc_header_names_give_way(job->header_names, n->text);
	for (const struct listed_name *n = failed->unknown.first; n; n = name_list_next(n))
		more |= bcc_header_names_ask(job->header_names, failed->names, n->text);
	for (const struct listed_name *n = failed->members.first; n; n = name_list_next(n))
		more |= bcc_header_names_ask_member(job->header_names, n->text);
	return more;
}

bool job_learn_conditions(struct job *job)
{
	bool more = false;

	if (!job->conditions.first || !job_open_header_names(job))
		return false;
	for (const struct listed_name *n = job->includes.first; n; n = name_list_next(n))
		bcc_header_names_include(job->header_names, n->text);
	for (const struct listed_name *n = job->conditions.first; n; n = name_list_next(n))
		more |= bcc_header_names_ask_condition(job->header_names, n->text);
	name_list_free(&job->conditions);
	return more;
}
