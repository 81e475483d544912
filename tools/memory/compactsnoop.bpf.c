/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compaction of zones: pages are moved until free ones are next to each other. Since Linux 6.0 the tracepoint
 * says which zone and order it is about; before, the one at which the kernel finds the zone suitable.
 */
#include "compactsnoop.h"
#include "event.bpf.h"
#include "filter.bpf.h"

#include <linux/mmzone.h>
#include <linux/version.h>

const volatile bool with_memory, with_stack;

struct zone_order {
	u64 zone;
	s32 order;
	u32 unused;
};

BPF_TABLE("lru_hash", u32, struct zone_order, suitable, 10240); /* by thread */
BPF_HASH(begun, u32, struct event, 1024);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

/* How far a failure would be due to fragmentation (1000) rather than to a lack of memory (0), as the kernel
 * computes it. */
static inline s32 fragmentation_of(struct zone *zone, s32 order)
{
	const u32 orders = sizeof(zone->free_area) / sizeof(zone->free_area[0]);
	u64 pages = 0, blocks = 0, suitable = 0;

	if (order < 0)
		return 0;
	for (u32 i = 0; i < orders; i++) {
		u64 free = zone->free_area[i].nr_free;

		blocks += free;
		pages += free << i;
		if (i >= order)
			suitable += free;
	}
	if (!blocks)
		return 0;
	if (suitable)
		return -1000;
	return 1000 - (s32)((1000 + (pages * 1000 >> order)) / blocks);
}

static inline int begin(void *ctx, struct zone *zone, s32 order, bool sync)
{
	u32 zero = 0, tid = bpf_get_current_pid_tgid();
	struct event *event = scratch.lookup(&zero);
	struct pglist_data *node = zone->zone_pgdat;
	long size = 0;

	if (!event || current_is_unwanted())
		return 0;
	event->order = order;
	event->sync = sync;
	event->node = node->node_id;
	event->zone = ((u64)zone - (u64)node->node_zones) / sizeof(struct zone);
	if (with_memory) {
		event->fragmentation = fragmentation_of(zone, order);
		event->min = zone->_watermark[WMARK_MIN];
		event->low = zone->_watermark[WMARK_LOW];
		event->high = zone->_watermark[WMARK_HIGH];
		event->free = zone->vm_stat[NR_FREE_PAGES].counter;
	}
	if (with_stack)
		size = bpf_get_stack(ctx, event->stack, sizeof(event->stack), 0);
	event->frames = size > 0 ? size / sizeof(event->stack[0]) : 0;
	event->task.time = bpf_ktime_get_ns();
	if (begun.update(&tid, event))
		event_missed();
	return 0;
}

static inline int end(void *ctx, s32 status)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct event *event = begun.lookup(&tid);
	u64 since, size;

	if (!event)
		return 0;
	since = event->task.time;
	event_task(&event->task);
	event->delay = event->task.time - since;
	event->status = status;
	size = event->frames;
	if (size > STACK_FRAMES)
		size = STACK_FRAMES;
	event_send(ctx, event, offsetof(struct event, stack) + size * sizeof(event->stack[0]));
	begun.delete(&tid);
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
/* (struct compact_control *, begin, end, sync) */
RAW_TRACEPOINT_PROBE(mm_compaction_begin)
{
	struct compact_control *control = (struct compact_control *)ctx->args[0];

	return begin(ctx, control->zone, control->order, ctx->args[3]);
}
#else
/* (zone, order, result) */
RAW_TRACEPOINT_PROBE(mm_compaction_suitable)
{
	struct zone_order this = {.zone = ctx->args[0], .order = ctx->args[1]};
	u32 tid = bpf_get_current_pid_tgid();

	if (!current_is_unwanted())
		suitable.update(&tid, &this);
	return 0;
}

/* (begin, first page to move, first free page, end, sync) */
RAW_TRACEPOINT_PROBE(mm_compaction_begin)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct zone_order *this = suitable.lookup(&tid);

	return this ? begin(ctx, (struct zone *)this->zone, this->order, ctx->args[4]) : 0;
}
#endif

RAW_TRACEPOINT_PROBE(mm_compaction_end)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	return end(ctx, ctx->args[4]);
#else
	return end(ctx, ctx->args[5]);
#endif
}
