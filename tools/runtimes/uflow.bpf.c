/* SPDX-License-Identifier: Apache-2.0 */
/* Each call of a method, and each return. */
#include "event.bpf.h"
#include "method.bpf.h"
#include "uflow.h"

const volatile struct method only; /* the beginnings of names */
const volatile u32 only_class_length, only_name_length;

BPF_TABLE("lru_hash", u64, u32, depths, 16384);

static __noinline bool begins_with(const char *text, const volatile char *beginning, u32 length)
{
	for (u32 i = 0; i < METHOD_TEXT_SIZE && i < length; i++)
		if (text[i] != beginning[i])
			return false;
	return true;
}

static __noinline int report(struct pt_regs *ctx, u32 is_return)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event event = {.is_return = is_return};
	u32 *depth, next;

	method_read(ctx, &event.method);
	if (only_class_length && !begins_with(event.method.class, only.class, only_class_length))
		return 0;
	if (only_name_length && !begins_with(event.method.name, only.name, only_name_length))
		return 0;
	depth = depths.lookup(&id);
	if (is_return) {
		/* the first returns may be of calls that began before */
		event.depth = depth ? *depth : 0;
		if (depth && *depth)
			--*depth;
	} else {
		next = depth ? *depth + 1 : 1;
		event.depth = next;
		depths.update(&id, &next);
	}
	event_task(&event.task);
	event.cpu = bpf_get_smp_processor_id();
	event_send(ctx, &event, sizeof(event));
	return 0;
}

int method_begin(struct pt_regs *ctx)
{
	return report(ctx, 0);
}

int method_end(struct pt_regs *ctx)
{
	return report(ctx, 1);
}
