/* SPDX-License-Identifier: Apache-2.0 */
#include "fatal_errors.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <llvm-c/ErrorHandling.h>

/* Bytes of stack between who asks and what is left: what follows must not overwrite that. */
#define FATAL_GAP (256 << 10)

struct way_out {
	jmp_buf before;
	char *reason;
	size_t size;
	struct way_out *outer;
};

/* Other threads' fatal errors (of other users of LLVM in the process) take the usual way. */
static __thread struct way_out *fatal_way_out;

void bcc_give_up(const char *reason)
{
	struct way_out *out = fatal_way_out;

	if (!out)
		return;
	snprintf(out->reason, out->size, "%.*s", (int)strcspn(reason, "\n"), reason);
	fatal_way_out = out->outer;
	longjmp(out->before, 1);
}

static void fatal_install_handler(void)
{
	LLVMInstallFatalErrorHandler(bcc_give_up);
}

__attribute__((noinline)) static void fatal_run_below_gap(void (*run)(void *ctx), void *ctx)
{
	volatile char gap[FATAL_GAP];

	gap[0] = 0;
	run(ctx);
	(void)gap[0]; /* no tail call */
}

bool bcc_survive_fatal_errors(void (*run)(void *ctx), void *ctx, char *reason, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct way_out out = {.reason = reason, .size = size, .outer = fatal_way_out};

	pthread_once(&once, fatal_install_handler);
	if (setjmp(out.before))
		return false;
	fatal_way_out = &out;
	fatal_run_below_gap(run, ctx);
	fatal_way_out = out.outer;
	return true;
}
