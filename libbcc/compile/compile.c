/* SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "libbcc/cache/cache.h"
#include "libbcc/kernel/tracefs.h"
#include "libbcc/log.h"

/* Receives what the compiler reports while it works. */
struct listener {
	struct bcc *b;
	struct bcc_record *record;
};

static void compile_say(void *ctx, int level, const char *text)
{
	struct listener *listener = ctx;

	bcc_record_message(listener->record, level, text);
	bcc_say(listener->b, level, "%s", text);
}

static void say_again(void *ctx, int level, const char *text)
{
	bcc_say(ctx, level, "%s", text);
}

/* Kept with the handle for attaching to tracepoints later. */
static int tracefs_fd(struct bcc *b, struct bcc_err *err)
{
	if (b->tracefs_fd < 0) {
		int fd = bcc_tracefs_open(err);

		if (fd < 0)
			return fd;
		b->tracefs_fd = fd;
	}
	return b->tracefs_fd;
}

static int tracefs_of_handle(void *ctx)
{
	return tracefs_fd(ctx, NULL);
}

static int run_compiler(struct bcc *b, struct bcc_compile_request *request, struct bcc_record *record,
	struct bcc_compiled *compiled)
{
	const struct bcc_dependencies dependencies = {bcc_record_dependency, record};
	struct listener listener = {b, record};
	struct bcc_err tracefs = {0};
	bcc_compile_fn run;
	int ret = bcc_compiler_get(&run, &compiled->free_result, &b->err);

	if (ret < 0)
		return ret;
	request->log = compile_say;
	request->log_ctx = &listener;
	request->dependencies = &dependencies;
	/* tracepoint__… functions and TRACEPOINT_PROBE get the structs of their arguments from tracefs */
	if (strstr(request->text, "tracepoint") || strstr(request->text, "TRACEPOINT_PROBE")) {
		int fd = tracefs_fd(b, &tracefs);

		request->tracefs_fd = fd >= 0 ? fd : -1;
		request->tracefs_why = tracefs.text;
	}
	ret = run(request, &compiled->result);
	bcc_err_clear(&tracefs);
	if (ret < 0) {
		bcc_fail(&b->err, ret, "%s",
			compiled->result.error ? compiled->result.error : "out of memory");
		bcc_compiled_free(compiled);
	}
	return ret;
}

int bcc_compile(
	struct bcc *b, const char *text, const struct bcc_open_opts *opts, struct bcc_compiled *compiled)
{
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = b->name,
		.cflags = opts->cflags,
		.cflags_count = opts->cflags_count,
		.debug = opts->debug,
		.kernel_source = opts->kernel_source,
		.tracefs_fd = -1,
	};
	const struct bcc_cache_user user = {tracefs_of_handle, say_again, b};
	char compiler[PATH_MAX];
	struct bcc_cache cache;
	int ret = 0;

	*compiled = (struct bcc_compiled){0};
	bcc_compiler_path(compiler, sizeof(compiler));
	bcc_cache_begin(&cache, &request, compiler);
	if (!bcc_cache_find(&cache, &user, &compiled->result.elf, &compiled->result.elf_size)) {
		ret = run_compiler(b, &request, &cache.record, compiled);
		if (ret == 0)
			bcc_cache_keep(&cache, compiled->result.elf, compiled->result.elf_size);
	}
	bcc_cache_end(&cache);
	return ret;
}

void bcc_compiled_free(struct bcc_compiled *compiled)
{
	if (compiled->free_result)
		compiled->free_result(&compiled->result);
	else
		free(compiled->result.elf);
	*compiled = (struct bcc_compiled){0};
}
