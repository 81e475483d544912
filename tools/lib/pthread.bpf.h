/* SPDX-License-Identifier: Apache-2.0 */
/* pthread_create() knows the function that a thread is to run; the thread that the kernel makes within this
 * call is the one. */
#include "filter.bpf.h"
#include "missed.bpf.h"

#define PTHREAD_SAME_PROCESS 0x10000 /* CLONE_THREAD */

BPF_HASH(pthread_functions, u64, u64); /* by thread that is in pthread_create() */

/* (pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *), void *argument) */
int enter_pthread_create(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid(), function = PT_REGS_PARM3(ctx);

	if (!current_is_unwanted() && pthread_functions.update(&id, &function))
		event_missed();
	return 0;
}

/* It may have failed before there was a thread. */
int leave_pthread_create(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();

	pthread_functions.delete(&id);
	return 0;
}

/* What the thread that the current one makes is to run; 0: not known. */
static inline u64 pthread_function(void)
{
	u64 id = bpf_get_current_pid_tgid(), *function = pthread_functions.lookup(&id);

	return function ? *function : 0;
}
