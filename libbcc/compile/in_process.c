/* SPDX-License-Identifier: Apache-2.0 */
#include "in_process.h"

#include "common/large_stack.h"
#include "compiler_library.h"
#include "libbcc/cache/compile_output.h"
#include "libbcc/log.h"

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

static bool in_process_run(void *arg)
{
	struct in_process *p = arg;
	BCC_LOG_SCOPE(p->b);

	p->ret = p->run(&p->request, p->result);
	return !p->result->stack_is_lost;
}

int bcc_compile_in_process(struct bcc *b, const struct bcc_compile_request *request,
	struct bcc_compile_result *result, struct bcc_err *err)
{
	struct in_process p = {.b = b, .request = *request, .result = result};
	bcc_compile_free_fn free_result;
	int ret = bcc_compiler_get(&p.run, &free_result, err);

	if (ret < 0)
		return ret;
	p.request.log = in_process_say;
	p.request.log_ctx = &p;
	ret = bcc_run_on_large_stack(in_process_run, &p);
	if (ret < 0)
		return bcc_fail(err, ret,
			"a thread to compile on cannot be started (ulimit -v, -u): its stack takes %lu MB",
			BCC_STACK_LEAST >> 20);
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
