/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending events: one ring buffer for all CPUs where the kernel has them (5.8), else a perf buffer for each.
 *
 *   EVENTS_PERF  the kernel has no ring buffers
 *
 * An event that finds the reader asleep wakes it. A reader that is busy says so in events_polled, and looks
 * again by itself every few milliseconds: waking it costs more than sending.
 */
#include "event.h"
#include "missed.bpf.h"

#include <linux/sched.h>

u64 events_lost; /* that found no room */
u32 events_polled;

#ifdef EVENTS_PERF
BPF_PERF_OUTPUT(events);
#else
BPF_RINGBUF_OUTPUT(events, 64);
#endif

/* Sends `size` bytes, the first of which are the event's time. */
static inline void event_send(void *ctx, void *event, u64 size)
{
#ifdef EVENTS_PERF
	int ret = events.perf_submit(ctx, event, size);
#else
	u64 flags = *(volatile u32 *)&events_polled ? BPF_RB_NO_WAKEUP : 0;
	int ret = events.ringbuf_output(event, size, flags);
#endif

	if (ret)
		__sync_fetch_and_add(&events_lost, 1);
}

#ifndef EVENTS_PERF
/* Room for an event in the buffer itself, of a constant size; 0: there is none. It has to be submitted. For
 * what is too large for the stack: where programs at user functions can be interrupted, a per-CPU array is no
 * place for it. */
#define event_reserve(size)                                                                                  \
	({                                                                                                   \
		void *event_ = events.ringbuf_reserve(size);                                                 \
                                                                                                             \
		if (!event_)                                                                                 \
			__sync_fetch_and_add(&events_lost, 1);                                               \
		event_;                                                                                      \
	})

#define event_submit(event)                                                                                  \
	events.ringbuf_submit(event, *(volatile u32 *)&events_polled ? BPF_RB_NO_WAKEUP : 0)
#endif

/* Fills in time and current task, but for the parent. */
static inline void event_task(struct event_task *task)
{
	u64 id = bpf_get_current_pid_tgid();

	task->time = bpf_ktime_get_ns();
	task->pid = id >> 32;
	task->tid = id;
	task->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(task->comm, sizeof(task->comm));
}

static inline void event_parent(struct event_task *task)
{
	struct task_struct *current = (struct task_struct *)bpf_get_current_task();

	task->ppid = current->real_parent->tgid;
}
