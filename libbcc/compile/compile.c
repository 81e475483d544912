/* SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "child_program.h"
#include "common/cleanup.h"
#include "common/kheaders.h"
#include "compiler_library.h"
#include "crash_report.h"
#include "exchange.h"
#include "in_process.h"
#include "libbcc/cache/cache.h"
#include "libbcc/cancel.h"
#include "libbcc/file_limit.h"
#include "libbcc/kernel/btf_folder.h"
#include "libbcc/kernel/rdonly_cast.h"
#include "libbcc/kernel/tracefs.h"
#include "libbcc/log.h"

#define DEFAULT_TIME 60000
#define DEFAULT_MEMORY (1UL << 30)

/* ---- what the compiler reports and asks for ---- */

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

static bool compile_takes_cast(void *ctx, unsigned id)
{
	return bcc_kernel_takes_rdonly_cast(id);
}

/* `ctx`: where the headers are kept until the end of the compilation. */
static int compile_unpack_headers(void *ctx, const char **folder, struct bcc_err *err)
{
	struct bcc_kheaders *unpacked = ctx;
	BCC_FILE_LIMIT_SCOPE;
	int ret = unpacked->folder ? 0 : bcc_kheaders_unpack(BCC_KHEADERS, unpacked, err);

	*folder = unpacked->folder;
	return ret;
}

/* ---- where it runs ---- */

static int choose_compiler(struct bcc *b, const struct bcc_open_opts *opts, bool *in_process)
{
	const char *asked = secure_getenv("BCC_COMPILER");

	*in_process = opts->compiler == BCC_COMPILER_INPROCESS;
	if (opts->compiler < BCC_COMPILER_DEFAULT || opts->compiler > BCC_COMPILER_INPROCESS)
		return bcc_fail(&b->err, -EINVAL, "compiler is %d, which is not of enum bcc_compiler",
			opts->compiler);
	if (opts->compiler != BCC_COMPILER_DEFAULT || !asked || !*asked)
		return 0;
	*in_process = strcmp(asked, "inprocess") == 0;
	if (*in_process || strcmp(asked, "child") == 0)
		return 0;
	return bcc_fail(&b->err, -EINVAL,
		"BCC_COMPILER in the environment is \"%s\": it can be \"child\" or \"inprocess\"", asked);
}

static int compile_in_child(struct bcc *b, const struct bcc_compile_request *request,
	const struct bcc_open_opts *opts, struct bcc_compile_result *result)
{
	const struct bcc_exchange_opts exchange = {
		.limits = {.time = opts->time_limit == UINT_MAX ? UINT64_MAX
				   : opts->time_limit		? opts->time_limit
								: DEFAULT_TIME,
			.memory = opts->memory_limit ? opts->memory_limit : DEFAULT_MEMORY},
		.cancel_fd = b->cancel_fd};
	struct bcc_child child;
	int cancellation, ret;

	/* A thread that is cancelled while it waits would leave descriptors. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation);
	ret = bcc_child_start(&child, request->dependencies, &b->err);
	if (ret == 0)
		ret = bcc_exchange(&child, request, &exchange, result, &b->err);
	pthread_setcancelstate(cancellation, NULL);
	if (ret == -EIO)
		bcc_crash_report(request, &b->err);
	return ret;
}

static int run_compiler(struct bcc *b, struct bcc_compile_request *request, const struct bcc_open_opts *opts,
	struct bcc_record *record, bool in_process, struct bcc_compile_result *result)
{
	__attribute__((cleanup(bcc_kheaders_remove))) struct bcc_kheaders unpacked = {0};
	const struct bcc_compile_host host = {compile_takes_cast, compile_unpack_headers, &unpacked};
	const struct bcc_dependencies dependencies = {bcc_record_dependency, record};
	bcc_auto_fd int btf_fd = bcc_btf_folder_open();
	struct listener listener = {b, record};
	struct bcc_err tracefs = {0};
	int ret;

	request->log = compile_say;
	request->log_ctx = &listener;
	request->dependencies = &dependencies;
	request->host = &host;
	request->btf_fd = btf_fd;
	/* tracepoint__… functions and TRACEPOINT_PROBE get the structs of their arguments from tracefs */
	if (strstr(request->text, "tracepoint") || strstr(request->text, "TRACEPOINT_PROBE")) {
		int fd = tracefs_fd(b, &tracefs);

		request->tracefs_fd = fd >= 0 ? fd : -1;
		request->tracefs_why = tracefs.text;
	}
	ret = in_process ? bcc_compile_in_process(b, request, result, &b->err)
			 : compile_in_child(b, request, opts, result);
	bcc_err_clear(&tracefs);
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
		.dialect = b->libbpf ? BCC_DIALECT_LIBBPF : BCC_DIALECT_BCC,
		.portable = opts->portable,
		.kernel_source = opts->kernel_source,
		.tracefs_fd = -1,
		.btf_fd = -1,
	};
	const struct bcc_cache_user user = {tracefs_of_handle, say_again, b};
	struct bcc_compile_result result = {0};
	struct bcc_cache cache;
	bool in_process;
	int ret;

	*compiled = (struct bcc_compiled){0};
	ret = choose_compiler(b, opts, &in_process);
	if (ret == 0)
		ret = bcc_cancel_check(b->cancel_fd, &b->err);
	if (ret < 0)
		return ret;
	bcc_cache_begin(
		&cache, &request, in_process ? bcc_compiler_library_path() : bcc_child_program_path());
	if (!bcc_cache_find(&cache, &user, &compiled->object, &compiled->size)) {
		ret = run_compiler(b, &request, opts, &cache.record, in_process, &result);
		compiled->object = result.elf;
		compiled->size = result.elf_size;
		if (ret == 0)
			bcc_cache_keep(&cache, compiled->object, compiled->size);
	}
	bcc_cache_end(&cache);
	return ret;
}

void bcc_compiled_free(struct bcc_compiled *compiled)
{
	free(compiled->object);
	*compiled = (struct bcc_compiled){0};
}
