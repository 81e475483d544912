/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages at probes. The programs are made of what the user asks, and follow this text.
 *
 *   KERNEL_STACK, USER_STACK  events have them
 *   BUILD_IDS                 the process's has build IDs and offsets in files instead of addresses
 */
#include "trace.h"

#include "asked.bpf.h"
#include "event.bpf.h"

#ifdef KERNEL_STACK
#define KERNEL_FRAMES STACK_FRAMES
#else
#define KERNEL_FRAMES 0
#endif
#ifdef USER_STACK
#define USER_FRAMES STACK_FRAMES
#else
#define USER_FRAMES 0
#endif

#ifdef BUILD_IDS
typedef struct bpf_stack_build_id user_frame;
#define USER_STACK_FLAGS (BPF_F_USER_STACK | BPF_F_USER_BUILD_ID)
#else
typedef u64 user_frame;
#define USER_STACK_FLAGS BPF_F_USER_STACK
#endif

struct record {
	struct event event;
	u64 stack[KERNEL_FRAMES];
	user_frame user_stack[USER_FRAMES];
};

#ifdef EVENTS_PERF
struct room {
	u64 words[4096];
};
BPF_PERCPU_ARRAY(rooms, struct room, 1);

static inline void *record_reserve(u32 size)
{
	u32 zero = 0;

	return rooms.lookup(&zero);
}
#define RECORD_RESERVE(size) record_reserve(size)
#define RECORD_SUBMIT(ctx, record, size)                                                                     \
	do {                                                                                                 \
		if (events.perf_submit(ctx, record, size))                                                   \
			__sync_fetch_and_add(&events_lost, 1);                                               \
	} while (0)
#else
#define RECORD_RESERVE(size)                                                                                 \
	({                                                                                                   \
		void *reserved = events.ringbuf_reserve(size);                                               \
		if (!reserved)                                                                               \
			__sync_fetch_and_add(&events_lost, 1);                                               \
		reserved;                                                                                    \
	})
#define RECORD_SUBMIT(ctx, record, size)                                                                     \
	events.ringbuf_submit(record, *(volatile u32 *)&events_polled ? BPF_RB_NO_WAKEUP : 0)
#endif

static inline void record_fill(void *ctx, struct record *record, u32 probe)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	event_task(&record->event.task);
	record->event.task.ppid = 0;
	record->event.start = task->group_leader->start_time;
	record->event.probe = probe;
	record->event.cpu = bpf_get_smp_processor_id();
	record->event.frames = record->event.user_frames = 0;
#ifdef KERNEL_STACK
	record->event.frames = bpf_get_stack(ctx, record->stack, sizeof(record->stack), 0);
	if (record->event.frames > 0)
		record->event.frames /= sizeof(record->stack[0]);
#endif
#ifdef USER_STACK
	record->event.user_frames =
		bpf_get_stack(ctx, record->user_stack, sizeof(record->user_stack), USER_STACK_FLAGS);
	if (record->event.user_frames > 0)
		record->event.user_frames /= sizeof(record->user_stack[0]);
#endif
}

#define EXPR_VALUES(number, type)                                                                            \
	({                                                                                                   \
		struct record *record = RECORD_RESERVE(sizeof(*record) + sizeof(type));                      \
		record ? (type *)(record + 1) : NULL;                                                        \
	})
#define EXPR_SEND(ctx, number, values)                                                                       \
	do {                                                                                                 \
		struct record *record = (struct record *)(values) - 1;                                       \
		record_fill(ctx, record, number);                                                            \
		RECORD_SUBMIT(ctx, record, sizeof(*record) + sizeof(*(values)));                             \
	} while (0)
