/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of capabilities, with what has come of them: by cap_capable(), or by the tracepoint in it, which
 * does not say whether a check is audited.
 */
#include "capable.h"
#include "event.bpf.h"
#include "filter.bpf.h"

/* options of the function */
#define NO_AUDIT 2
#define IN_SETID 4

const volatile bool with_unaudited;
const volatile bool only_denied;
const volatile bool kernel_stack;
const volatile bool user_stack;
const volatile bool once;	    /* the same check, with the same stacks, is reported once … */
const volatile bool once_by_cgroup; /* … for each control group instead of each process */

struct check {
	u32 capability;
	u32 options;
};

struct repeat {
	u64 owner;  /* process or control group */
	u64 stacks; /* a hash of their addresses */
	u32 capability;
	u32 unused;
};

BPF_HASH(checks, u64, struct check);
BPF_TABLE("lru_hash", struct repeat, u8, seen, 10240);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

/* ---- stacks ---- */

static inline u32 frames_of(void *ctx, u64 *stack, u64 flags)
{
	int size = bpf_get_stack(ctx, stack, FRAMES * sizeof(*stack), flags);

	return size > 0 ? size / sizeof(*stack) : 0;
}

static inline u64 hash_of(u64 hash, const u64 *stack, u32 frames)
{
	for (u32 i = 0; i < FRAMES && i < frames; i++)
		hash = (hash ^ stack[i]) * 0x100000001b3ULL; /* FNV-1a, by words */
	return hash;
}

static inline bool is_repeated(const struct event *event)
{
	struct repeat repeat = {.capability = event->capability, .owner = event->task.pid};
	u8 yes = 1;

#ifdef FILTER_CGROUPS
	repeat.owner = bpf_get_current_cgroup_id();
#endif
	if (once_by_cgroup)
		repeat.owner = bpf_get_current_cgroup_id();
	if (kernel_stack)
		repeat.stacks = hash_of(repeat.stacks, event->stack, event->frames);
	if (user_stack)
		repeat.stacks = hash_of(repeat.stacks, event->user_stack, event->user_frames);
	return seen.insert(&repeat, &yes) != 0;
}

/* ---- checks ---- */

static inline int report(void *ctx, s32 capability, s32 audit, s32 insetid, s32 ret)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 size = offsetof(struct event, stack);
	struct event *event;
	int zero = 0;

	if ((!audit && !with_unaudited) || (only_denied && !ret) || current_is_unwanted())
		return 0;
	event = scratch.lookup(&zero);
	if (!event)
		return 0;
	event_task(&event->task);
	event->start = task->group_leader->start_time;
	event->capability = capability;
	event->ret = ret;
	event->audit = audit;
	event->insetid = insetid;
	event->frames = event->user_frames = 0;
	if (kernel_stack) {
		event->frames = frames_of(ctx, event->stack, 0);
		size = offsetof(struct event, user_stack);
	}
	if (user_stack) {
		event->user_frames = frames_of(ctx, event->user_stack, BPF_F_USER_STACK);
		size = sizeof(*event);
	}
	if (!once || !is_repeated(event))
		event_send(ctx, event, size);
	return 0;
}

static inline int report_options(void *ctx, s32 capability, u32 options, s32 ret)
{
	return report(ctx, capability, !(options & NO_AUDIT), !!(options & IN_SETID), ret);
}

KRETFUNC_PROBE(cap_capable, const struct cred *cred, struct user_namespace *ns, int capability,
	unsigned int options, int ret)
{
	return report_options(ctx, capability, options, ret);
}

int kprobe__cap_capable(
	struct pt_regs *ctx, const struct cred *cred, struct user_namespace *ns, int capability, u32 options)
{
	struct check check = {.capability = capability, .options = options};
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && checks.update(&id, &check))
		event_missed();
	return 0;
}

int kretprobe__cap_capable(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct check *check = checks.lookup(&id);

	if (!check)
		return 0;
	report_options(ctx, check->capability, check->options, PT_REGS_RC(ctx));
	checks.delete(&id);
	return 0;
}

/* (const struct cred *cred, struct user_namespace *target_ns, const struct user_namespace *capable_ns,
 * int cap, int ret) */
RAW_TRACEPOINT_PROBE(cap_capable)
{
	return report(ctx, ctx->args[3], -1, -1, ctx->args[4]);
}
