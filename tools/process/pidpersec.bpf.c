/* SPDX-License-Identifier: Apache-2.0 */
/* Counts new processes, but not new threads. */
#include "filter.bpf.h"

#define SAME_PROCESS 0x10000 /* CLONE_THREAD */

BPF_ARRAY(processes, u64, 1);

/* (struct task_struct *task, unsigned long clone_flags): the current task is the one that makes it. */
RAW_TRACEPOINT_PROBE(task_newtask)
{
	u32 zero = 0;
	u64 *count = processes.lookup(&zero);

	if (count && !(ctx->args[1] & SAME_PROCESS) && !current_is_unwanted())
		__sync_fetch_and_add(count, 1);
	return 0;
}
