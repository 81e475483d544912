/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bcc/bcc.h>

#include "channel.h"
#include "common/error.h"
#include "common/large_stack.h"
#include "frontends/clang/clang.h"
#include "limits.h"
#include "sandbox.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);

/* ---- what the front end reports and asks while it runs ---- */

static void serve_say(void *ctx, int level, const char *text)
{
	bcc_wire_put_message(&bcc_channel_out, level, text);
	bcc_channel_flush();
}

static void serve_depend(void *ctx, const struct bcc_dependency *dependency)
{
	bcc_wire_put_dependency(&bcc_channel_out, dependency);
}

/* The answer's text is valid until the next question. */
static int serve_ask(enum bcc_question question, unsigned id, const char **text)
{
	struct bcc_frame frame;
	int value;

	bcc_wire_put_question(&bcc_channel_out, question, id);
	bcc_channel_flush();
	bcc_channel_receive(&frame, NULL, 0, NULL);
	if (frame.kind != BCC_FRAME_ANSWER || !bcc_wire_read_answer(&frame, &value, text))
		_exit(1);
	return value;
}

static bool serve_takes_cast(void *ctx, unsigned id)
{
	const char *text;

	return serve_ask(BCC_QUESTION_CAST, id, &text) == 1;
}

static int serve_unpack_headers(void *ctx, const char **folder, struct bcc_err *err)
{
	static char *kept;
	const char *text;
	int ret = serve_ask(BCC_QUESTION_HEADERS, 0, &text);

	if (ret < 0)
		return bcc_fail(err, ret, "%s", text ? text : strerror(-ret));
	free(kept);
	kept = text ? strdup(text) : NULL;
	*folder = kept;
	return kept ? 0 : bcc_fail(err, -ENOMEM, "out of memory");
}

static int serve_print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return 0;
	serve_say(NULL, BCC_LOG_DEBUG, text);
	free(text);
	return 0;
}

/* ---- from request to result ---- */

/* Checks that each announced descriptor has arrived. */
static bool serve_take_fds(struct bcc_compile_request *request, const int *fds, size_t count)
{
	size_t next = 0;

	if (request->tracefs_fd >= 0)
		request->tracefs_fd = next < count ? fds[next++] : -1;
	if (request->btf_fd >= 0)
		request->btf_fd = next < count ? fds[next++] : -1;
	return next == count;
}

/* What the request points into stays valid, whatever is received later. */
static bool serve_read_request(
	const struct bcc_frame *received, struct bcc_compile_request *request, struct bcc_wire_limits *limits)
{
	struct bcc_frame frame = *received;
	void *copy = malloc(frame.size);

	if (!copy)
		return false;
	frame.data = memcpy(copy, frame.data, frame.size);
	return bcc_wire_read_request(&frame, request, limits);
}

static void serve_compile(struct bcc_compile_request *request)
{
	static const struct bcc_compile_host host = {serve_takes_cast, serve_unpack_headers, NULL};
	static const struct bcc_dependencies dependencies = {serve_depend, NULL};
	struct bcc_compile_result result;
	int ret;

	request->log = serve_say;
	request->host = &host;
	request->dependencies = &dependencies;
	request->compiler_is_known = true;
	libbpf_set_print(request->debug & BCC_DEBUG_LIBBPF ? serve_print_libbpf : NULL);
	bcc_clang_on_no_memory(bcc_limits_no_memory);
	ret = bcc_compile_1(request, &result);
	if (ret == -ENOMEM)
		bcc_limits_no_memory();
	bcc_wire_put_result(
		&bcc_channel_out, ret, result.error, ret ? NULL : result.elf, ret ? 0 : result.elf_size);
	bcc_channel_flush();
}

static bool serve_compile_on_thread(void *request)
{
	serve_compile(request);
	return true;
}

/* The process's own stack is what its caller's hard limit allows (ulimit -Hs). */
static bool has_enough_stack(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur >= BCC_STACK_LEAST;
}

static void serve_compile_on_large_stack(struct bcc_compile_request *request)
{
	int ret = bcc_run_on_large_stack(serve_compile_on_thread, request);
	if (!ret)
		return;
	bcc_wire_put_result(&bcc_channel_out, ret,
		"the compiler has no room for a stack of its own (ulimit -v, -u, -s)", NULL, 0);
	bcc_channel_flush();
}

/* Closes what the process that started this one has open, except for the socket. */
static void close_others(void)
{
	struct rlimit limit;

	if (syscall(SYS_close_range, BCC_WIRE_SOCKET + 1, ~0U, 0) == 0 || getrlimit(RLIMIT_NOFILE, &limit))
		return;
	/* before Linux 5.9 */
	for (rlim_t fd = BCC_WIRE_SOCKET + 1; fd < limit.rlim_cur && fd < 65536; fd++)
		close(fd);
}

void bcc_serve(int parent)
{
	struct bcc_compile_request request;
	struct bcc_wire_limits limits;
	struct bcc_frame frame;
	int fds[2];
	size_t count;
	bool enough_stack;
	pid_t now;

	/* The thread that started this process waits for the result; without it, nobody does. This was set
	 * before the program ran, but the kernel resets it for set-user-ID programs. 0: the parent is in
	 * another PID namespace. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	now = getppid();
	if (now && now != parent)
		_exit(1);
	prctl(PR_SET_NAME, "bcc-compile", 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core dumps, and no debuggers of the same user */
	bcc_limits_reset_signals();
	close_others();
	bcc_channel_receive(&frame, fds, 2, &count);
	if (frame.kind != BCC_FRAME_REQUEST || !serve_read_request(&frame, &request, &limits) ||
		!serve_take_fds(&request, fds, count)) {
		bcc_wire_put_result(&bcc_channel_out, -ELIBBAD,
			"bcc-compile and the library are of different versions", NULL, 0);
		bcc_channel_flush();
		_exit(1);
	}
	bcc_limits_apply(&limits);
	enough_stack = has_enough_stack(); /* which cannot be asked in the sandbox */
	bcc_sandbox_enter();
	if (enough_stack)
		serve_compile(&request);
	else
		serve_compile_on_large_stack(&request);
	/* no destructors: everything goes away with the process */
	_exit(0);
}
