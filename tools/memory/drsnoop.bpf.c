/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks that reclaim pages themselves, as memory or that of their control group has run out. */
#include "drsnoop.h"
#include "event.bpf.h"
#include "filter.bpf.h"

#include <linux/mmzone.h>

const volatile u64 zone_counters; /* where vm_zone_stat is; 0: not asked for */

struct reclaim {
	u64 begin;
	s64 free;
	u64 of_cgroup;
};

BPF_HASH(reclaims, u32, struct reclaim);

static inline int begin(bool of_cgroup)
{
	struct reclaim reclaim = {.of_cgroup = of_cgroup, .free = -1};
	u32 tid = bpf_get_current_pid_tgid();

	if (current_is_unwanted())
		return 0;
	/* of all zones, as far as CPUs have added up what they count */
	if (zone_counters) {
		bpf_probe_read_kernel(&reclaim.free, sizeof(reclaim.free),
			(void *)(zone_counters + NR_FREE_PAGES * sizeof(s64)));
		if (reclaim.free < 0)
			reclaim.free = 0;
	}
	reclaim.begin = bpf_ktime_get_ns();
	if (reclaims.update(&tid, &reclaim))
		event_missed();
	return 0;
}

static inline int end(void *ctx, bool of_cgroup, u64 pages)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct reclaim *reclaim = reclaims.lookup(&tid);
	struct event event = {.pages = pages, .of_cgroup = of_cgroup};

	if (!reclaim || reclaim->of_cgroup != of_cgroup)
		return 0;
	event_task(&event.task);
	event.delay = event.task.time - reclaim->begin;
	event.free = reclaim->free;
	event_send(ctx, &event, sizeof(event));
	reclaims.delete(&tid);
	return 0;
}

RAW_TRACEPOINT_PROBE(mm_vmscan_direct_reclaim_begin)
{
	return begin(false);
}

RAW_TRACEPOINT_PROBE(mm_vmscan_direct_reclaim_end)
{
	return end(ctx, false, ctx->args[0]);
}

RAW_TRACEPOINT_PROBE(mm_vmscan_memcg_reclaim_begin)
{
	return begin(true);
}

RAW_TRACEPOINT_PROBE(mm_vmscan_memcg_reclaim_end)
{
	return end(ctx, true, ctx->args[0]);
}
