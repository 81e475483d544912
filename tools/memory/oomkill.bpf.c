/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that the kernel kills for want of memory. The tracepoint says which are killed: several, if a
 * control group goes as a whole. The function in which that happens knows why; where it cannot be traced, the
 * tracepoint also comes for processes that are ending anyway and are only given memory to do so.
 */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "oomkill.h"

#include <linux/cgroup-defs.h>
#include <linux/mm_types.h>
#include <linux/oom.h>
#include <linux/percpu_counter.h>
#include <linux/sched/signal.h>

const volatile bool by_function;

struct reason {
	u64 pages;
	u64 chosen; /* struct task_struct */
	s32 constraint;
	u32 unused;
};

BPF_HASH(reasons, u64, struct reason);

static inline int enter(struct oom_control *oc)
{
	struct reason reason = {
		.pages = oc->totalpages, .chosen = (u64)oc->chosen, .constraint = oc->constraint};
	u64 id = bpf_get_current_pid_tgid();

	if (reasons.update(&id, &reason))
		event_missed();
	return 0;
}

static inline int leave(void)
{
	u64 id = bpf_get_current_pid_tgid();

	reasons.delete(&id);
	return 0;
}

KFUNC_PROBE(oom_kill_process, struct oom_control *oc)
{
	return enter(oc);
}

KRETFUNC_PROBE(oom_kill_process)
{
	return leave();
}

int kprobe__oom_kill_process(struct pt_regs *ctx, struct oom_control *oc)
{
	return enter(oc);
}

int kretprobe__oom_kill_process(struct pt_regs *ctx)
{
	return leave();
}

/* The kernel's counters are numbers of their own, or, since 6.2 and in some kernels before, members of
 * structs. */
static inline s64 pages_of(struct mm_struct *mm, int kind)
{
	u64 size = sizeof(mm->rss_stat) / NR_MM_COUNTERS, at = kind * size;
	s64 pages = 0;

	if (size > sizeof(pages))
		at += offsetof(struct percpu_counter, count);
	bpf_probe_read_kernel(&pages, sizeof(pages), (char *)&mm->rss_stat + at);
	return pages > 0 ? pages : 0;
}

static inline void describe(struct event *event, struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	event->has_task = 1;
	event->target = task->tgid;
	event->target_uid = task->cred->uid.val;
	event->adjustment = task->signal->oom_score_adj;
	bpf_probe_read_kernel_str(event->target_comm, sizeof(event->target_comm), task->comm);
	bpf_probe_read_kernel_str(event->cgroup, sizeof(event->cgroup),
		task->cgroups->subsys[memory_cgrp_id]->cgroup->kn->name);
	if (mm)
		event->rss =
			pages_of(mm, MM_FILEPAGES) + pages_of(mm, MM_ANONPAGES) + pages_of(mm, MM_SHMEMPAGES);
}

/* (struct task_struct *task, uid_t uid); before 6.8 (int pid) */
RAW_TRACEPOINT_PROBE(mark_victim)
{
	struct event event = {.constraint = CONSTRAINT_UNKNOWN, .rss = -1};
	u64 id = bpf_get_current_pid_tgid();
	struct task_struct *task = 0, *chosen;
	struct reason *reason = reasons.lookup(&id);

	if (by_function && !reason)
		return 0;
	event.target = ctx->args[0];
	/* addresses of the kernel are negative */
	if ((s64)ctx->args[0] < 0)
		task = (struct task_struct *)ctx->args[0];
	if (reason) {
		event.pages = reason->pages;
		event.constraint = reason->constraint;
		chosen = (struct task_struct *)reason->chosen;
		if (!task && chosen->pid == event.target)
			task = chosen;
	}
	if (task) {
		if (task_is_unwanted(task))
			return 0;
		describe(&event, task);
	}
	event_task(&event.task);
	event_send(ctx, &event, sizeof(event));
	return 0;
}
