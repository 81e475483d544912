/* SPDX-License-Identifier: Apache-2.0 */
/* The entry point of the compiler library: text → object. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/dialect.h"
#include "frontends/dependencies.h"
#include "rewriter/fatal_errors.h"
#include "attempts.h"

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
