/* SPDX-License-Identifier: Apache-2.0 */
/* The entry point of the compiler library: text → object. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <llvm-c/Core.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include <bcc/bcc.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/compile_request.h"
#include "common/dialect.h"
#include "common/kheaders.h"
#include "common/printable.h"
#include "common/text_place.h"
#include "frontends/btf/kernel_function.h"
#include "frontends/clang/clang.h"
#include "frontends/tracefs/format.h"
#include "rewriter/fatal_errors.h"
#include "rewriter/rewriter.h"
#include "added_members.h"
#include "dependencies.h"
#include "header_names/header_names.h"
#include "headers.h"
#include "kernel.h"
#include "kernel_config.h"
#include "kernel_types.h"
#include "names.h"
#include "newer_functions.h"
#include "opaque_structs.h"
#include "prelude.h"
#include "rdonly_cast.h"
#include "renames/raw_arguments.h"
#include "renames/renames.h"

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

struct listed_name {
	UT_hash_handle hh;
	char text[];
};

struct name_list {
	struct listed_name *first; /* each once, in the order in which they came */
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

/* Contents of a file embedded in the virtual file system. */
static const struct bcc_virtual_file fixed_prelude[PRELUDE_COUNT] = {
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
static void set_prelude(const struct job *job, struct bcc_virtual_file files[PRELUDE_COUNT])
{
	memcpy(files, fixed_prelude, sizeof(fixed_prelude));
	for (int i = TRACEPOINTS; job->libbpf && i < HEADER_NAMES; i++) {
		files[i].text = i == USDT ? NULL : ""; /* of which bpf/usdt.bpf.h is made */
		files[i].on_request = true;
	}
}

static void compile_say(struct job *job, enum bcc_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void compile_say(struct job *job, enum bcc_log_level level, const char *format, ...)
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

static bool from_headers(const struct job *job)
{
	return job->headers.source != NULL;
}

/* There is nothing to take types from: `btf` is why there is no BTF, `headers` why there are no headers. */
static int compile_no_types(struct job *job, int btf, const char *headers, const char *release)
{
	if (btf != -ENOENT && btf != -ESRCH)
		return bcc_fail(&job->err, btf, "cannot read the kernel's types, /sys/kernel/btf/vmlinux: %s",
			btf == -EINVAL ? "the file is damaged" : strerror(-btf));
	return bcc_fail(&job->err, -ENOENT,
		"no types for this kernel: it has no BTF (CONFIG_DEBUG_INFO_BTF; /sys/kernel/btf/vmlinux: %s), and no "
		"headers: %s (CONFIG_IKHEADERS; modprobe kheaders); install them (Debian, Ubuntu: "
		"linux-headers-%s; Fedora: kernel-devel-%s), or name a tree (kernel_source, BCC_KERNEL_SOURCE)",
		strerror(-btf), headers, release, release);
}

/* Uses the running kernel's BTF or, if it has none, the headers installed for it. */
static int open_running_kernel(struct job *job)
{
	struct bcc_err missing = {0};
	struct utsname name;
	int ret;

	ret = bcc_kernel_types_open(&job->types, job->request->btf_fd);
	if (!ret)
		return 0;
	if (uname(&name))
		return bcc_fail(&job->err, -errno, "uname() failed: %m");
	if (bcc_headers_of_running("/lib/modules", name.release, job->request->host, &job->headers, &missing))
		compile_no_types(job, ret, missing.text ? missing.text : "", name.release);
	bcc_err_clear(&missing);
	return job->err.code;
}

/* Decides where the kernel's types are taken from. */
static int open_kernel(struct job *job)
{
	const char *tree = job->request->kernel_source;

	if (!tree || !*tree)
		tree = secure_getenv("BCC_KERNEL_SOURCE");
	if (tree && *tree) {
		job->tree = tree;
		return bcc_headers_at(tree, &job->headers, &job->err);
	}
	return open_running_kernel(job);
}

/* Without the configuration a text still compiles, as if none of the options that it asks for were set. */
static int add_config_flags(struct job *job, const char *text, struct bcc_flags *flags)
{
	struct bcc_err err = {0};
	int ret;

	if (!text || !bcc_config_wanted(text))
		return 0;
	ret = bcc_config_flags(text, job->request->dependencies, flags, &err);
	if (ret && ret != -ENOMEM) {
		compile_say(job, BCC_LOG_WARN, "%s: the CONFIG_ names in the text count as not set\n",
			err.text ? err.text : "");
		ret = 0;
	}
	bcc_err_clear(&err);
	return ret;
}

static int add_flag(void *flags, const char *flag)
{
	return bcc_flags_add(flags, "%s", flag);
}

/* `macros_only`: no headers, only what a text can test with #if. */
static int collect_flags(struct job *job, struct bcc_flags *flags, bool macros_only)
{
	const struct bcc_compile_request *request = job->request;
	int ret = bcc_kernel_flags(flags, from_headers(job), &job->err);

	if (!ret && !bcc_kernel_has_helper(&job->types.kernel, "trace_vprintk", 5, 16))
		ret = bcc_flags_add(flags, "-D__BCC_NO_VPRINTK");
	if (ret)
		return ret;
	/* in libbpf's dialect they are variables, __kconfig */
	if (!from_headers(job))
		ret = job->libbpf ? 0 : add_config_flags(job, job->request->text, flags);
	else if (macros_only)
		ret = bcc_headers_macro_flags(&job->headers, flags);
	else
		ret = bcc_headers_flags(&job->headers, flags);
	if (ret)
		return bcc_fail(&job->err, ret, "out of memory for compiler flags");
	return bcc_clang_flags(request->cflags, request->cflags_count, add_flag, flags, &job->err);
}

static void name_list_free(struct name_list *list)
{
	struct listed_name *name, *next;

	HASH_ITER(hh, list->first, name, next)
	{
		HASH_DEL(list->first, name);
		free(name);
	}
}

static const struct listed_name *name_list_next(const struct listed_name *name)
{
	return name->hh.next;
}

/* What there is no memory for is not asked for: what is said without it stands. */
static bool name_list_has(const struct name_list *list, const char *text)
{
	struct listed_name *name;

	HASH_FIND_STR(list->first, text, name);
	return name != NULL;
}

static void name_list_add(struct name_list *list, const char *text, size_t length)
{
	struct listed_name *name;

	HASH_FIND(hh, list->first, text, length, name);
	if (name)
		return;
	name = calloc(1, sizeof(*name) + length + 1);
	if (!name)
		return;
	memcpy(name->text, text, length);
	HASH_ADD_KEYPTR(hh, list->first, name->text, length, name);
	if (!name->hh.tbl)
		free(name);
}

/* False: no memory. */
static bool open_header_names(struct job *job)
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

static bool knows_header(void *ctx, const char *name)
{
	struct job *job = ctx;

	return !open_header_names(job) || bcc_header_names_knows(job->header_names, name);
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
		from_headers(job) ? NULL : condition_undefined, from_headers(job) ? NULL : text_includes,
		job};
	struct bcc_clang_input input = job->input;
	struct bcc_flags flags = {0};
	int ret = 0;

	input.files = files;
	input.file_count = file_count;
	input.listener = NULL;
	if (from_headers(job)) {
		/* this pass only looks for tracepoints: their names do not require reading the kernel's
		 * headers twice */
		ret = collect_flags(job, &flags, true);
		input.kernel_headers = false;
		input.flags = (const char *const *)flags.list;
		input.flag_count = flags.count;
	}
	if (!ret)
		ret = bcc_clang_tokens(&input, &reader, &job->err);
	bcc_flags_free(&flags);
	return ret;
}

/* How many files come before the text: most texts take nothing from headers. */
static size_t prelude_count(const struct job *job)
{
	return job->header_names_text ? PRELUDE_COUNT : HEADER_NAMES;
}

static int read_tokens(struct job *job)
{
	struct bcc_virtual_file files[PRELUDE_COUNT];
	int ret;

	if (!job->libbpf && !job->whole_prelude) {
		files[0] = fixed_prelude[CORE];
		files[1] = job->files[HEADER_NAMES];
		ret = read_tokens_before(job, files, job->header_names_text ? 2 : 1);
		if (ret || !job->whole_prelude)
			return ret;
		bcc_names_free(job->names);
		job->names = bcc_names_new();
		if (!job->names)
			return bcc_fail(&job->err, -ENOMEM, "out of memory");
	}
	set_prelude(job, files);
	if (job->libbpf)
		files[TYPES].text = "";
	files[HEADER_NAMES] = job->files[HEADER_NAMES];
	return read_tokens_before(job, files, prelude_count(job));
}

static bool compile_uses_iterators(const struct bcc_names *names)
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

static int find_names(struct job *job)
{
	int ret;

	bcc_names_free(job->names);
	job->names = bcc_names_new();
	if (!job->names)
		return bcc_fail(&job->err, -ENOMEM, "out of memory");
	ret = read_tokens(job);
	if (!ret)
		ret = compile_declare_functions(job);
	if (!ret && job->libbpf && compile_uses_iterators(job->names))
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

static int add_pointee(void *names, const char *tag)
{
	return bcc_names_add_tag(names, tag);
}

struct tracepoint_writer {
	struct job *job;
	struct bcc_format_classes classes;
	FILE *out;
};

/* The line behind the error, as clang shows it. */
static int compile_show_place(struct job *job, const struct bcc_text_place *place)
{
	return bcc_fail(&job->err, job->err.code, "%s\n%5u | %.*s\n      | %*s^\n",
		job->err.text ? job->err.text : "", place->line, (int)place->length, place->start,
		(int)place->indent, "");
}

/* The text's asm statement, if it has one only. */
static bool compile_only_assembly(const char *text, struct bcc_text_place *place)
{
	static const char *const words[] = {"asm", "__asm__", "__asm"};
	struct bcc_text_place other;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (bcc_text_find(text, words[i], place))
			return !bcc_text_find(place->start + place->column + 2, words[i], &other);
	return false;
}

/* The rewriter says "NAME:LINE:COLUMN: …", or without the column of a whole function. */
static void compile_show_line(struct job *job)
{
	size_t length = strlen(job->request->name);
	unsigned line = 0, column = 0;
	struct bcc_text_place place;
	const char *text = job->err.text;

	/* LLVM knows no line of the text for what it cannot assemble */
	if (text && !strncmp(text, "error: in asm()", 15) &&
		compile_only_assembly(job->request->text, &place)) {
		bcc_fail_prefix(&job->err, "%s:%u:%u", job->request->name, place.line, place.column);
		compile_show_place(job, &place);
		return;
	}
	if (text && !strchr(text, '\n') && !strncmp(text, job->request->name, length) &&
		sscanf(text + length, ":%u:%u", &line, &column) >= 1 &&
		bcc_text_at(job->request->text, line, column, &place))
		compile_show_place(job, &place);
}

/* As clang's errors, at the place in the text where the event's name stands. */
static int compile_fail_tracepoint(struct job *job, const char *category_and_name)
{
	struct bcc_text_place place;
	char function[NAME_MAX];

	snprintf(function, sizeof(function), "tracepoint__%s", category_and_name);
	if (!bcc_text_find_function(job->request->text, function, &place))
		return job->err.code;
	bcc_fail(&job->err, job->err.code, "%s:%u:%u: error: %s", job->request->name, place.line,
		place.column, job->err.text ? job->err.text : "");
	return compile_show_place(job, &place);
}

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
	return ret ? compile_fail_tracepoint(job, category_and_name) : 0;
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

static void free_pieces(struct job *job)
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

	if (job->libbpf && compile_uses_iterators(job->names))
		job->files[ITERATORS].text = NULL;
	if (bcc_names_has(job->names, "bpf_usdt_readarg") || bcc_names_has(job->names, "bpf_usdt_readarg_p"))
		job->files[USDT].text = NULL;
	if (job->libbpf && job->whole_prelude)
		job->files[HELPERS].text = NULL;
	if (!job->libbpf)
		bcc_prelude_own_functions(job->names, prelude_own_function, job);
	if (job->whole_prelude && !job->own->first)
		return 0;
	free_pieces(job);
	ret = bcc_prelude_select(job->whole_prelude ? NULL : job->names, job->pieces);
	if (!ret)
		ret = prelude_hide_own(job);
	for (int i = 0; !ret && i < BCC_PRELUDE_FILES; i++)
		if ((!job->libbpf || i == BCC_HELPERS) && (!job->whole_prelude || i != BCC_USDT))
			job->files[places[i]].text = job->pieces[i];
	return ret ? bcc_fail(&job->err, ret, "out of memory for the prelude of the text") : 0;
}

static void show_source(struct job *job)
{
	if (job->request->debug & BCC_DEBUG_SOURCE)
		compile_say(job, BCC_LOG_DEBUG,
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
	compile_say(job, BCC_LOG_DEBUG, "; IR %s the rewriter\n%s\n", when, ir);
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
		compile_say(job, BCC_LOG_DEBUG, "%s\n", assembly);
	free(assembly);
	return ret;
}

static int parse_and_generate(struct job *job, struct bcc_compile_result *result)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMModuleRef module = NULL;
	char *warnings = NULL;
	bool broken = false;
	int ret = bcc_clang_module(&job->input, context, &module, &warnings, &job->err);

	if (warnings && !job->plain_reads)
		compile_say(job, BCC_LOG_WARN, "%s", warnings);
	free(warnings);
	job->parsed = !ret;
	if (!ret) {
		ret = compile_generate(job, module, result, &broken);
		if (ret == -EINVAL)
			compile_show_line(job);
	}
	if (broken)
		return ret;
	if (module)
		LLVMDisposeModule(module);
	LLVMContextDispose(context);
	return ret;
}

/* ---- names that are asked for ---- */

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

static bool macro_is_hidden(void *ctx, const char *name)
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

/* The structs that only results of functions lead to: bpf_get_current_task_btf()->pid. Whether there are more
 * of them than before. */
static bool learn_tags(struct job *job, const struct job *failed)
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
static bool learn_types(struct job *job, const struct job *failed)
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
static bool learn_own(struct job *job, const struct job *failed)
{
	size_t before = HASH_COUNT(job->own->first);

	for (const struct listed_name *n = failed->defined_twice.first; n; n = name_list_next(n))
		if (bcc_prelude_declares(n->text))
			name_list_add(job->own, n->text, strlen(n->text));
	return HASH_COUNT(job->own->first) > before;
}

/* In libbpf's dialect, the kernel's functions for programs are declared, as in a vmlinux.h. Whether there are
 * more of them than before. */
static bool learn_functions(struct job *job, const struct job *failed)
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
static bool learn_names(struct job *job, const struct job *failed)
{
	bool more = false;

	if ((!failed->unknown.first && !failed->defined_twice.first && !failed->members.first) ||
		!failed->names || !open_header_names(job))
		return false;
	for (const struct listed_name *n = failed->defined_twice.first; n; n = name_list_next(n))
		more |= bcc_header_names_give_way(job->header_names, n->text);
	for (const struct listed_name *n = failed->unknown.first; n; n = name_list_next(n))
		more |= bcc_header_names_ask(job->header_names, failed->names, n->text);
	for (const struct listed_name *n = failed->members.first; n; n = name_list_next(n))
		more |= bcc_header_names_ask_member(job->header_names, n->text);
	return more;
}

/* Whether conditions of the text ask for what headers define: then its tokens are others. */
static bool learn_conditions(struct job *job)
{
	bool more = false;

	if (!job->conditions.first || !open_header_names(job))
		return false;
	for (const struct listed_name *n = job->includes.first; n; n = name_list_next(n))
		bcc_header_names_include(job->header_names, n->text);
	for (const struct listed_name *n = job->conditions.first; n; n = name_list_next(n))
		more |= bcc_header_names_ask_condition(job->header_names, n->text);
	name_list_free(&job->conditions);
	return more;
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
		ret = add_config_flags(job, job->header_names_text, &job->flags);
	if (!ret && job->header_names_text && strstr(job->header_names_text, "__BCC_CPU_COUNT"))
		ret = job->request->portable ? compile_fail_cpu_count(job) : add_cpu_count(job);
	if (ret == -EINVAL)
		return ret;
	if (ret)
		return bcc_fail(&job->err, ret, "out of memory for names of kernel headers");
	job->files[HEADER_NAMES].text = job->header_names_text;
	job->input.file_count = prelude_count(job);
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

/* What comes before the text, and what that takes. */
static int prepare(struct job *job)
{
	bool again;
	int ret;

	do {
		ret = make_header_names(job);
		if (!ret)
			ret = find_names(job);
		again = !ret && learn_conditions(job);
		if (!ret && !again)
			ret = name_registers(job, &again);
	} while (!ret && again);
	if (!ret)
		ret = make_prelude(job);
	if (!ret)
		ret = make_tracepoints(job);
	if (!ret && !from_headers(job))
		ret = make_kernel_types(job);
	return ret;
}

/* What headers of kernels define in different ways. */
static int compile_fail_unstable(struct job *job, const char *name, const char *header)
{
	struct bcc_text_place place;

	if (!bcc_text_find(job->request->text, name, &place))
		return bcc_fail(&job->err, -EINVAL,
			"%s: error: the text needs %s of %s, which is not the same in all kernels, but the object is for all",
			job->request->name, name, header);
	bcc_fail(&job->err, -EINVAL,
		"%s:%u:%u: error: %s of %s is not the same in all kernels, but the object is for all",
		job->request->name, place.line, place.column, name, header);
	return compile_show_place(job, &place);
}

/* What cannot be in an object for other kernels, besides what clang/portable.h finds. */
static int compile_check_portable(struct job *job)
{
	const char *name, *header = "";

	if (!job->request->portable)
		return 0;
	if (from_headers(job))
		return bcc_fail(&job->err, -EINVAL,
			"%s: error: an object for other kernels needs the types of BTF: kernel headers are about one kernel",
			job->request->name);
	if (job->names && !job->libbpf && bcc_names_has(job->names, "bpf_usdt_readarg"))
		return bcc_fail(&job->err, -EINVAL,
			"%s: error: bpf_usdt_readarg() reads arguments as this kernel can, but the object is for others too",
			job->request->name);
	name = job->header_names ? bcc_header_names_unstable(job->header_names, &header) : NULL;
	return name ? compile_fail_unstable(job, name, header) : 0;
}

static bool compile_is_stable(void *ctx, const char *name)
{
	struct job *job = ctx;

	return open_header_names(job) && bcc_header_names_is_stable(job->header_names, name);
}

/* Compiles the text, once it is known where the kernel's types are taken from. */
static int compile_run(struct job *job, struct bcc_compile_result *result)
{
	int ret = collect_flags(job, &job->flags, false);

	if (ret)
		return ret;
	set_prelude(job, job->files);
	if (from_headers(job)) {
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
		.kernel_headers = from_headers(job),
		.libbpf = job->libbpf,
		.portable = job->request->portable,
		.argument_registers = bcc_arch_argument_count(bcc_arch_host),
		.dependencies = job->request->dependencies,
		.listener = from_headers(job) ? NULL : &job->listener,
		.knows_header = from_headers(job) ? NULL : knows_header,
		.knows_header_ctx = job,
		.is_hidden = job->hidden->first ? macro_is_hidden : NULL,
		.is_hidden_ctx = job,
		.is_stable = compile_is_stable,
		.is_stable_ctx = job,
	};
	job->listener = (struct bcc_name_listener){name_unknown, member_unknown, tag_incomplete,
		name_defined_twice, macro_in_the_way, no_member, no_struct, no_pointer, no_array,
		no_enumerator, no_size, no_variable, other_type, no_typedef, other_struct, job};
	ret = prepare(job);
	/* of the types that their definitions need, the kernel has most */
	while (!ret && job->header_names && bcc_header_names_add_types(job->header_names, job->names))
		ret = prepare(job);
	if (!ret)
		ret = compile_check_portable(job);
	if (ret)
		return ret;
	show_source(job);
	return parse_and_generate(job, result);
}

/* Reports, after the work, what was looked at. */
static void tell_dependencies(const struct job *job)
{
	const struct bcc_dependencies *to = job->request->dependencies;

	if (from_headers(job))
		bcc_depend_headers(to, job->tree, &job->headers);
	else
		bcc_depend_btf(to);
	bcc_depend_compiler(to, job->request->compiler_is_known);
}

static void job_free(struct job *job)
{
	bcc_err_clear(&job->err);
	bcc_names_free(job->names);
	bcc_flags_free(&job->flags);
	bcc_headers_free(&job->headers);
	bcc_kernel_types_free(&job->types);
	free(job->tracepoints);
	free(job->declarations);
	free_pieces(job);
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

/* ---- attempts ---- */

static int open_btf(struct job *job)
{
	return bcc_kernel_types_open(&job->types, job->request->btf_fd);
}

static int open_installed_headers(struct job *job)
{
	struct utsname name;

	if (job->request->portable)
		return -ENOENT;
	return uname(&name) ? -errno
			    : bcc_headers_of_running(
				      "/lib/modules", name.release, job->request->host, &job->headers, NULL);
}

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
	{.when = AT_FIRST, .open = open_kernel},
	{.when = UNPARSED_UNKNOWN_NAMES, .open = open_btf},
	{.when = UNPARSED, .open = open_btf, .whole_prelude = true, .modules = true},
	/* if there are no modules */
	{.when = UNPARSED_NEW_TYPES, .open = open_btf, .new_types = true},
	/* BTF has no macros and no inline functions */
	{.when = UNPARSED, .open = open_installed_headers},
	/* if a module's types could not be read */
	{.when = UNPARSED_IN_PIECES, .open = open_btf, .whole_prelude = true},
	{.when = NO_STACK, .plain_reads = true},
};

struct attempts {
	struct job first, again;
	struct job *counts; /* the one of the two whose result and errors count */
	int ret;
	struct bcc_compile_result *result;
	struct bcc_compile_request request; /* with the text as it is compiled */
	char *text;			    /* that, where it was changed */
	struct bcc_renames renames;
	struct bcc_added_members added;
	size_t added_before; /* of their changes, those of the last attempt */
	struct name_list tags, own, hidden, functions;
	size_t hidden_before; /* of them, those of the last attempt */
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
	fitted |= learn_tags(&all->first, failed);
	if (failed->everything || failed->new_types)
		fitted |= learn_types(&all->first, failed);
	fitted |= learn_own(&all->first, failed);
	fitted |= HASH_COUNT(all->hidden.first) > all->hidden_before;
	all->hidden_before = HASH_COUNT(all->hidden.first);
	fitted |= learn_functions(&all->first, failed);
	return learn_names(&all->first, failed) || renamed || added || fitted;
}

static bool attempt_is_due(struct attempts *all, const struct attempt *attempt)
{
	/* without names, it was the flags that were wrong, not the text */
	bool unparsed =
		all->ret == -EINVAL && !all->counts->parsed && all->first.names && !from_headers(&all->first);

	switch (attempt->when) {
	case AT_FIRST:
		return true;
	case UNPARSED_UNKNOWN_NAMES:
		return unparsed && attempts_learn(all, &all->first);
	case UNPARSED:
		return unparsed;
	case UNPARSED_NEW_TYPES:
		return unparsed && learn_types(&all->first, &all->first);
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
		all->ret = compile_run(&all->first, all->result);
	tell_dependencies(&all->first);
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
	open_header_names(first); /* both have the same */
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
		.header_names = attempt->open == open_btf ? first->header_names : NULL};
	if (attempt->open(again))
		return false;
	ret = compile_run(again, all->result);
	tell_dependencies(again);
	if (again->parsed) {
		all->counts = again;
		all->ret = ret;
		if (from_headers(again))
			compile_say(again, BCC_LOG_INFO,
				"%s: using the kernel's headers at %s for its types\n", again->request->name,
				again->headers.unpacked ? BCC_KHEADERS : again->headers.build);
		return false;
	}
	if (attempt->open != open_btf || again->err.code != -EINVAL)
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
	all->ret = parse_and_generate(job, all->result);
	if (!all->ret)
		bcc_err_clear(&job->err);
}

/* Explains where to find what the text lacks, if no attempt has parsed it. */
static void attempts_explain(struct attempts *all)
{
	char dependencies[PATH_MAX];
	struct utsname name;

	if (all->ret != -EINVAL || all->counts->parsed || !all->first.names || from_headers(&all->first) ||
		uname(&name))
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
			compile_say(all->counts, BCC_LOG_WARN,
				"%s: this kernel has no %s %s: its size is made up; ask for it with bpf_core_type_exists()\n",
				all->request.name, type->is_union ? "union" : "struct", type->tag);
	}
}

static void attempts_run(void *ctx)
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
		compile_say(all->counts, BCC_LOG_WARN, "%s", all->renames.warnings);
	if (all->ret && !all->counts->parsed)
		bcc_renames_explain(&all->renames, &all->counts->err);
	if (all->ret && all->first.header_names)
		bcc_header_names_explain(all->first.header_names, &all->counts->err);
}

/* Nothing that was made can be freed, and nobody knows which files were looked at. */
static int compile_fail_fatal(
	const struct bcc_compile_request *request, struct bcc_compile_result *result, const char *reason)
{
	struct bcc_err err = {0};

	bcc_fail(&err, -EINVAL, "%s: error: the compiler gives up: %s", request->name, reason);
	*result = (struct bcc_compile_result){.error = err.text, .stack_is_lost = true};
	bcc_depend_other(request->dependencies, "a fatal error");
	return err.code;
}

/* LLVM 16 reads the file that the text is named after, for the source lines in BTF. */
static bool is_special_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/* The file name that clang gets: what it would take for a flag, for standard input, for a directory, a device
 * or for one of the prelude's files becomes a name of a file. */
static char *compile_file_name(const char *name)
{
	static const char prelude[] = "/virtual/";
	size_t length = strlen(name);
	const char *before = "", *after = "";
	char *file;

	if (name[0] == '-')
		before = "./";
	else if (strncmp(name, prelude, strlen(prelude)) == 0)
		before = ".";
	if (!length || name[length - 1] == '/')
		after = "text.c";
	else if (is_special_file(name))
		after = ".c";
	return asprintf(&file, "%s%s%s", before, name, after) < 0 ? NULL : file;
}

BCC_API int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
BCC_API void bcc_compile_free_1(struct bcc_compile_result *result);

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result)
{
	struct attempts all = {.first.request = &all.request,
		.first.renames = &all.renames,
		.first.added = &all.added,
		.first.tags = &all.tags,
		.first.own = &all.own,
		.first.hidden = &all.hidden,
		.first.functions = &all.functions,
		.counts = &all.first,
		.result = result};
	char reason[512], *name;

	memset(result, 0, sizeof(*result));
	if (request->abi != BCC_COMPILER_ABI) {
		result->error = strdup("libbcc and libbcc-compiler are of different versions");
		return -ELIBBAD;
	}
	name = compile_file_name(request->name);
	if (!name) {
		result->error = strdup("out of memory");
		return -ENOMEM;
	}
	all.request = *request;
	all.first.libbpf = request->dialect == BCC_DIALECT_AUTO ? bcc_dialect_is_libbpf(request->text)
								: request->dialect == BCC_DIALECT_LIBBPF;
	all.request.name = name;
	if (!bcc_survive_fatal_errors(attempts_run, &all, reason, sizeof(reason)))
		return compile_fail_fatal(&all.request, result, reason); /* LLVM may refer to the name */
	if (all.ret)
		result->error = strdup(all.counts->err.text ? all.counts->err.text : strerror(-all.ret));
	bcc_header_names_free(all.first.header_names);
	bcc_renames_free(&all.renames);
	bcc_added_members_free(&all.added);
	name_list_free(&all.tags);
	name_list_free(&all.own);
	name_list_free(&all.hidden);
	name_list_free(&all.functions);
	job_free(&all.first);
	job_free(&all.again);
	free(name);
	free(all.text);
	return all.ret;
}

void bcc_compile_free_1(struct bcc_compile_result *result)
{
	free(result->elf);
	free(result->error);
	memset(result, 0, sizeof(*result));
}
