/* SPDX-License-Identifier: Apache-2.0 */
#include "in_process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "common/array.h"
#include "compiler_library.h"
#include "libbcc/cache/compile_output.h"
#include "libbcc/log.h"

/* clang recurses as deeply as a text is nested. If there is no room for one size, the next is tried. */
static const size_t stack_sizes[] = {256UL << 20, 64UL << 20, 16UL << 20, 8UL << 20};

struct in_process {
	struct bcc *b;
	struct bcc_compile_request request;
	struct bcc_compile_result *result;
	bcc_compile_fn run;
	struct bcc_record said;
	int ret;
};

static void in_process_say(void *ctx, int level, const char *text)
{
	struct in_process *p = ctx;

	bcc_record_message(&p->said, level, text);
}

static void *in_process_run(void *arg)
{
	struct in_process *p = arg;
	BCC_LOG_SCOPE(p->b);

	p->ret = p->run(&p->request, p->result);
	return NULL;
}

/* Signals are left to the other threads. */
static int in_process_start(struct in_process *p, pthread_t *thread)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int ret = EAGAIN;

	if (pthread_attr_init(&attributes))
		return -ENOMEM;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < ARRAY_SIZE(stack_sizes) && ret; i++)
		ret = pthread_attr_setstacksize(&attributes, stack_sizes[i]) ||
		      pthread_create(thread, &attributes, in_process_run, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return ret ? -EAGAIN : 0;
}

int bcc_compile_in_process(struct bcc *b, const struct bcc_compile_request *request,
	struct bcc_compile_result *result, struct bcc_err *err)
{
	struct in_process p = {.b = b, .request = *request, .result = result};
	bcc_compile_free_fn free_result;
	pthread_t thread;
	int ret = bcc_compiler_get(&p.run, &free_result, err);

	if (ret < 0)
		return ret;
	p.request.log = in_process_say;
	p.request.log_ctx = &p;
	ret = in_process_start(&p, &thread);
	if (ret < 0)
		return bcc_fail(err, ret,
			"a thread to compile on cannot be started (ulimit -v, -u): its stack takes %zu MB",
			stack_sizes[ARRAY_SIZE(stack_sizes) - 1] >> 20);
	pthread_join(thread, NULL);
	for (size_t i = 0; request->log && i < p.said.message_count; i++)
		request->log(request->log_ctx, p.said.messages[i].level, p.said.messages[i].text);
	bcc_record_free(&p.said);
	if (p.ret < 0)
		bcc_fail(err, p.ret, "%s", result->error ? result->error : "out of memory");
	/* an object is plain memory; an error message has been copied */
	if (p.ret < 0)
		free_result(result);
	return p.ret;
}
