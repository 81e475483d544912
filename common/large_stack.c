/* SPDX-License-Identifier: Apache-2.0 */
#include "large_stack.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "array.h"

/* If there is no room for one, the next is tried. Sanitizers need the larger one. */
static const size_t large_stack_sizes[] = {4 * BCC_STACK_LEAST, BCC_STACK_LEAST};

struct large_stack {
	void (*run)(void *ctx);
	void *ctx;
};

static void *large_stack_run(void *arg)
{
	const struct large_stack *s = arg;

	s->run(s->ctx);
	return NULL;
}

int bcc_run_on_large_stack(void (*run)(void *ctx), void *ctx)
{
	struct large_stack s = {run, ctx};
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	int ret = EAGAIN;

	if (pthread_attr_init(&attributes))
		return -EAGAIN;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < ARRAY_SIZE(large_stack_sizes) && ret; i++)
		ret = pthread_attr_setstacksize(&attributes, large_stack_sizes[i]) ||
		      pthread_create(&thread, &attributes, large_stack_run, &s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (ret)
		return -EAGAIN;
	pthread_join(thread, NULL);
	return 0;
}
