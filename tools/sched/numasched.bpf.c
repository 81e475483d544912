/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks that go on on a CPU of another NUMA node. */
#include "numasched.h"
#include "event.bpf.h"
#include "filter.bpf.h"

#include <linux/version.h>

const volatile struct node_of_cpu node_of_cpu;

static inline u32 node_of(u32 cpu)
{
	return cpu < NUMASCHED_CPUS ? node_of_cpu.nodes[cpu] : 0;
}

/* (task, new CPU) */
RAW_TRACEPOINT_PROBE(sched_migrate_task)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	u32 cpu = task->thread_info.cpu;
#else
	u32 cpu = task->cpu;
#endif
	struct event event = {.from = node_of(cpu), .to = node_of(ctx->args[1])};

	if (event.from == event.to || task_is_unwanted(task))
		return 0;
	event.time = bpf_ktime_get_ns();
	event.pid = task->tgid;
	event.tid = task->pid;
	bpf_probe_read_kernel_str(event.comm, sizeof(event.comm), task->comm);
	event_send(ctx, &event, sizeof(event));
	return 0;
}
