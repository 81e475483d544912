/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that take long. */
#include "funcslower.h"

#define CALL_DATA u64 arguments[ARGUMENTS];
#define CALL_KEPT struct event
#include "call_programs.bpf.h"
#include "event.bpf.h"
#include "filter.bpf.h"

const volatile u64 least = 1000000; /* nanoseconds */
const volatile bool kernel_stack, user_stack;

const volatile struct event nothing;

static inline u32 frames_of(void *ctx, u64 *stack, u64 flags)
{
	int size = bpf_get_stack(ctx, stack, STACK_FRAMES * sizeof(*stack), flags);

	return size > 0 ? size / sizeof(*stack) : 0;
}

static inline void keep_stacks(void *ctx, struct call_key *key)
{
	struct event *event;

	if (call_kept.update(key, (struct event *)&nothing)) {
		event_missed();
		return;
	}
	event = call_kept.lookup(key);
	if (!event)
		return;
	if (kernel_stack)
		event->frames = frames_of(ctx, event->stack, 0);
	if (user_stack)
		event->user_frames = frames_of(ctx, event->user_stack, BPF_F_USER_STACK);
}

static inline int begin(struct pt_regs *ctx, struct call *call, bool kernel)
{
	struct call_key key = {};

	if (current_is_unwanted())
		return 0;
	call->begin = bpf_ktime_get_ns();
	if (call_begin(ctx, call, kernel, 0, &key) && call_keeps)
		keep_stacks(ctx, &key);
	return 0;
}

static inline int enter(struct pt_regs *ctx, u64 place, bool kernel)
{
	struct call call = {.place = place,
		.arguments = {PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx),
			PT_REGS_PARM5(ctx), PT_REGS_PARM6(ctx)}};

	return begin(ctx, &call, kernel);
}

/* What the kernel's function is given are registers with the arguments of the call. */
int syscall__enter(struct pt_regs *ctx, u64 first, u64 second, u64 third, u64 fourth, u64 fifth, u64 sixth)
{
	u64 place = call_kernel_place(ctx);
	struct call call = {.place = place ? place : PT_REGS_IP(ctx),
		.arguments = {first, second, third, fourth, fifth, sixth}};

	return begin(ctx, &call, true);
}

/* All but the stacks. */
static inline void fill(struct event *event, const struct call *call, u64 result)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	event_task(&event->task);
	event->start = task->group_leader->start_time;
	event->place = call->place;
	event->delay = event->task.time - call->begin;
	event->result = result;
	for (int i = 0; i < ARGUMENTS; i++)
		event->arguments[i] = call->arguments[i];
}

static inline void report_with_stacks(
	struct pt_regs *ctx, const struct call *call, struct call_key *key, u64 result)
{
	struct event *event = call_kept.lookup(key);

	if (!event)
		return;
	fill(event, call, result);
	event_send(ctx, event, user_stack ? sizeof(*event) : offsetof(struct event, user_stack));
}

static inline void report(struct pt_regs *ctx, const struct call *call, u64 result)
{
	/* without the stacks, for which there is no room here */
	u64 bytes[offsetof(struct event, stack) / sizeof(u64)] = {};
	struct event *event = (struct event *)bytes;

	fill(event, call, result);
	event_send(ctx, event, sizeof(bytes));
}

static inline int leave(struct pt_regs *ctx, u64 place, bool place_known, bool kernel)
{
	u64 now = bpf_ktime_get_ns();
	struct call_key key = {};
	struct call call;

	if (!call_end(ctx, place, place_known, kernel, &call, &key))
		return 0;
	if (now - call.begin >= least) {
		if (call_keeps)
			report_with_stacks(ctx, &call, &key, PT_REGS_RC(ctx));
		else
			report(ctx, &call, PT_REGS_RC(ctx));
	}
	if (call_keeps)
		call_kept.delete(&key);
	return 0;
}
