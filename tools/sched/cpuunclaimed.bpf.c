/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of all run queues. Each CPU says once where its queue is, and one of them reads them all at a time:
 * samples that each CPU takes by itself are of different times as soon as CPUs have slept, and do not say
 * whether one was idle while tasks waited for another one.
 */
#include "cpuunclaimed.h"
#include "event.bpf.h"

#include <linux/sched.h>
#include <uapi/linux/bpf_perf_event.h>

const volatile u32 cpus = 1, cpus_online = 1;
const volatile bool each_sample; /* is reported */

#define PERIOD (1000000000 / FREQUENCY)

struct totals totals;
u32 known;  /* queues */
u32 leader; /* the CPU that reads them */
u64 last;   /* time at which they were read */
u64 begun;  /* time of the first sample */

BPF_ARRAY(queues, struct rq *, CPUS_MOST);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static inline void find_queue(u32 cpu)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct rq **queue = queues.lookup(&cpu);

	if (!queue || *queue)
		return;
	/* of the CPU, and not just of the current task's control group */
	*queue = task->se.cfs_rq->rq;
	if (*queue)
		__sync_fetch_and_add(&known, 1);
}

static inline void add(u32 running, u32 waiting, u32 seen)
{
	u32 idle = seen - running;

	__sync_fetch_and_add(&totals.samples, seen);
	__sync_fetch_and_add(&totals.running, running);
	__sync_fetch_and_add(&totals.unclaimed, idle < waiting ? idle : waiting);
}

int sample(struct bpf_perf_event_data *ctx)
{
	u32 cpu = bpf_get_smp_processor_id(), zero = 0, running = 0, waiting = 0, seen = 0;
	u64 now = bpf_ktime_get_ns();
	struct event *event;

	find_queue(cpu);
	if (!begun)
		begun = now;
	/* all CPUs are there soon, unless one has just gone offline */
	if (*(volatile u32 *)&known < cpus_online && now - begun < 100 * (u64)PERIOD)
		return 0;
	/* another CPU goes on when this one has gone offline; it may have been a little later than `now` */
	if (cpu != leader && (s64)(now - *(volatile u64 *)&last) < 4 * PERIOD)
		return 0;
	leader = cpu;
	last = now;
	event = scratch.lookup(&zero);
	if (!event)
		return 0;
	event->time = now;
	for (u32 i = 0; i < cpus && i < CPUS_MOST; i++) {
		/* a copy, since the verifier forgets what is known of what a helper may look at */
		u32 key = i, length = 0;
		struct rq **queue = queues.lookup(&key);

		if (queue && *queue) {
			bpf_probe_read_kernel(&length, sizeof(length), &(*queue)->nr_running);
			seen++;
		}
		running += length > 0;
		waiting += length > 1 ? length - 1 : 0;
		event->queues[i].length = length;
		event->queues[i].offset = bpf_ktime_get_ns() - now;
	}
	add(running, waiting, seen);
	if (each_sample)
		event_send(ctx, event, offsetof(struct event, queues) + cpus * sizeof(event->queues[0]));
	return 0;
}
