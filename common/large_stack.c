/* SPDX-License-Identifier: Apache-2.0 */
#include "large_stack.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>

#include "array.h"

#define GUARD_SIZE 65536UL /* a multiple of any page's size */

/* If there is no room for one, the next is tried. Sanitizers need the larger one. */
static const size_t large_stack_sizes[] = {4 * BCC_STACK_LEAST, BCC_STACK_LEAST};

struct large_stack {
	bool (*run)(void *ctx);
	void *ctx;
	bool is_left; /* by all that was called on it */
};

static void *large_stack_run(void *arg)
{
	struct large_stack *s = arg;

	s->is_left = s->run(s->ctx);
	return NULL;
}

/* The thread has none of glibc's stacks, which others get when it ends. */
static int large_stack_start(struct large_stack *s, char *stack, size_t size, pthread_t *thread)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int ret;

	if (mprotect(stack, GUARD_SIZE, PROT_NONE) || pthread_attr_init(&attributes))
		return -EAGAIN;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_attr_setstack(&attributes, stack + GUARD_SIZE, size - GUARD_SIZE) ||
	      pthread_create(thread, &attributes, large_stack_run, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return ret ? -EAGAIN : 0;
}

static int large_stack_try(struct large_stack *s, size_t size)
{
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	pthread_t thread;
	int ret;

	if (stack == MAP_FAILED)
		return -EAGAIN;
	ret = large_stack_start(s, stack, size, &thread);
	if (!ret)
		pthread_join(thread, NULL);
	if (ret || s->is_left)
		munmap(stack, size);
	return ret;
}

int bcc_run_on_large_stack(bool (*run)(void *ctx), void *ctx)
{
	struct large_stack s = {run, ctx, false};
	int ret = -EAGAIN;

	for (size_t i = 0; i < ARRAY_SIZE(large_stack_sizes) && ret; i++)
		ret = large_stack_try(&s, large_stack_sizes[i] + GUARD_SIZE);
	return ret;
}
