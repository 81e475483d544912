/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms of the time that runnable tasks wait for a CPU. */
#include "hist.bpf.h"
#include "runq.bpf.h"

#include <linux/pid_namespace.h>

/* a histogram for each of these */
enum { BY_NOTHING, BY_PROCESS, BY_THREAD, BY_PIDNS };

const volatile u32 by;
const volatile u64 unit = 1000; /* nanoseconds in a unit of the histogram */

static inline u64 section_of(struct task_struct *task)
{
	struct pid *pid;

	switch (by) {
	case BY_PROCESS:
		return task->tgid;
	case BY_THREAD:
		return task->pid;
	case BY_PIDNS:
		pid = task->thread_pid;
		return pid->numbers[pid->level].ns->ns.inum;
	}
	return 0;
}

static inline void runq_waited(
	void *ctx, struct task_struct *previous, struct task_struct *next, u64 since, u64 now)
{
	struct hist_key key = {};

	key.section = section_of(next);
	key.slot = bpf_log2l((now - since) / unit);
	hist_add(&key);
}
