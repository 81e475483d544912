/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many tasks wait for a CPU when it is sampled. The queue is that of the CPU, which the current task's
 * queue leads to: that one may be just the part of its control group.
 */
#include "hist.bpf.h"

#include <linux/sched.h>
#include <uapi/linux/bpf_perf_event.h>

const volatile bool by_cpu;

int sample(struct bpf_perf_event_data *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u32 running = task->se.cfs_rq->rq->nr_running;
	struct hist_key key = {};

	if (by_cpu)
		key.section = bpf_get_smp_processor_id();
	/* without the one that runs */
	key.slot = running ? running - 1 : 0;
	hist_add(&key);
	return 0;
}
