/* SPDX-License-Identifier: Apache-2.0 */
/* One compilation in progress, and its parts. */
#ifndef FRONTENDS_COMPILE_JOB_H
#define FRONTENDS_COMPILE_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include <bcc/bcc.h>

#include "common/compile_request.h"
#include "common/error.h"
#include "frontends/added_members.h"
#include "frontends/clang/clang.h"
#include "frontends/header_names/header_names.h"
#include "frontends/headers.h"
#include "frontends/kernel.h"
#include "frontends/kernel_types.h"
#include "frontends/names.h"
#include "frontends/prelude.h"
#include "frontends/renames/renames.h"
#include "name_list.h"

/* Included before each text, in this order; the generated ones are named here and filled in below. */
enum prelude {
	TYPES,
	KERNEL_TYPES,
	TRACEPOINTS,
	HELPERS,
	CORE,
	LANGUAGE,
	PROBES,
	TABLES,
	USDT,
	ITERATORS,
	HEADER_NAMES,
	PRELUDE_COUNT
};

/* One compilation in progress. */
struct job {
	const struct bcc_compile_request *request;
	struct bcc_err err;
	struct bcc_kernel_types types; /* from the kernel's BTF, or */
	struct bcc_headers headers;    /* from a tree of kernel headers */
	const char *tree;	       /* as requested; NULL: the running kernel's */
	struct bcc_flags flags;
	struct bcc_names *names;
	bool libbpf; /* the text is in libbpf's dialect */
	bool registers_named;
	bool everything;    /* what the text names is looked for in the modules' types */
	bool new_types;	    /* and if it is not found, made */
	bool whole_prelude; /* instead of only the pieces that the text needs */
	char *pieces[BCC_PRELUDE_FILES];
	char *tracepoints;
	struct bcc_virtual_file files[PRELUDE_COUNT];
	struct bcc_clang_input input;
	struct bcc_header_names *header_names; /* of the first job, for all attempts; NULL: not opened yet */
	char *header_names_text;
	struct bcc_name_listener listener;
	struct name_list unknown, incomplete, defined_twice; /* what clang's errors are about */
	struct name_list unions, sized, variables;	     /* of the incomplete */
	struct name_list members;			     /* that structs do not have */
	struct bcc_renames *renames;			     /* of all attempts */
	struct bcc_added_members *added;		     /* of all attempts */
	struct name_list *tags;	  /* of all attempts: structs that the text uses and does not name */
	struct name_list *own;	  /* of all attempts: names of the prelude that the text defines itself */
	struct name_list *hidden; /* of all attempts: macros of headers that are in the text's way */
	struct name_list
		*functions; /* of all attempts: of the kernel, that the text calls and does not declare */
	char *declarations; /* of those; NULL: there are none */
	struct name_list conditions, includes; /* of the text: names that are no macros there, and headers */
	bool parsed;			       /* later failures are not due to a missing declaration */
	bool rewritten;			       /* later failures may be due to lack of stack */
	bool plain_reads;		       /* use reads that need the least stack */
};

/* Compiles the text, once it is known where the kernel's types are taken from. */
int job_run(struct job *job, struct bcc_compile_result *result);
void job_free(struct job *job);
/* Says something to the user, if the user listens. */
void job_say(struct job *job, enum bcc_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool job_from_headers(const struct job *job)
{
	return job->headers.source != NULL;
}

/* ---- sources.c ---- */

/* Decides where the kernel's types are taken from. */
int job_open_kernel(struct job *job);
int job_open_btf(struct job *job);
int job_open_installed_headers(struct job *job);
/* `macros_only`: no headers, only what a text can test with #if. */
int job_collect_flags(struct job *job, struct bcc_flags *flags, bool macros_only);
/* Without the configuration a text still compiles, as if none of the options that it asks for were set. */
int job_add_config_flags(struct job *job, const char *text, struct bcc_flags *flags);
/* Reports, after the work, what was looked at. */
void job_tell_dependencies(const struct job *job);

/* ---- text_names.c ---- */

/* False: no memory. */
bool job_open_header_names(struct job *job);
/* `ctx` is the job. */
bool job_knows_header(void *ctx, const char *name);
/* How many files come before the text: most texts take nothing from headers. */
size_t job_prelude_count(const struct job *job);
int job_find_names(struct job *job);
bool job_uses_iterators(const struct bcc_names *names);

/* ---- before_text.c ---- */

/* Contents of a file embedded in the virtual file system. */
extern const struct bcc_virtual_file job_fixed_prelude[PRELUDE_COUNT];
void job_set_prelude(const struct job *job, struct bcc_virtual_file files[PRELUDE_COUNT]);
/* What comes before the text, and what that takes. */
int job_prepare(struct job *job);
void job_free_pieces(struct job *job);

/* ---- generate.c ---- */

void job_show_source(struct job *job);
int job_generate(struct job *job, struct bcc_compile_result *result);

/* ---- errors.c ---- */

/* Adds the line of the text that the error is about. */
void job_show_line(struct job *job);
/* As clang's errors, at the place in the text where the event's name stands. */
int job_fail_tracepoint(struct job *job, const char *category_and_name);
/* What headers of kernels define in different ways. */
int job_fail_unstable(struct job *job, const char *name, const char *header);

/* ---- learn.c ---- */

/* Notes what clang does not know. */
struct bcc_name_listener job_listener(struct job *job);
/* Whether a macro of headers is in the text's way. `ctx` is the job. */
bool job_macro_is_hidden(void *ctx, const char *name);
/* What `failed` complained of, learnt for the attempts that come: each says whether there is more than
 * before. */
bool job_learn_tags(struct job *job, const struct job *failed);
bool job_learn_types(struct job *job, const struct job *failed);
bool job_learn_own(struct job *job, const struct job *failed);
bool job_learn_functions(struct job *job, const struct job *failed);
bool job_learn_names(struct job *job, const struct job *failed);
/* Whether conditions of the text ask for what headers define: then its tokens are others. */
bool job_learn_conditions(struct job *job);

#endif
