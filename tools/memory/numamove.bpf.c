/* SPDX-License-Identifier: Apache-2.0 */
/* Pages that are moved to the NUMA node whose CPUs use them. */
#include "numamove.h"
#include "filter.bpf.h"
#include "missed.bpf.h"

#include <linux/migrate_mode.h>

BPF_ARRAY(counts, struct counts, 1);
BPF_HASH(begun, u32, u64); /* by thread */

static inline int begin(void)
{
	u32 tid = bpf_get_current_pid_tgid();
	u64 now = bpf_ktime_get_ns();

	if (!current_is_unwanted() && begun.update(&tid, &now))
		event_missed();
	return 0;
}

static inline int end(void)
{
	u32 zero = 0, tid = bpf_get_current_pid_tgid();
	u64 now = bpf_ktime_get_ns(), *since = begun.lookup(&tid);
	struct counts *c = counts.lookup(&zero);

	if (!since || !c)
		return 0;
	__sync_fetch_and_add(&c->migrations, 1);
	__sync_fetch_and_add(&c->time, now - *since);
	begun.delete(&tid);
	return 0;
}

/* (mode, reason) */
RAW_TRACEPOINT_PROBE(mm_migrate_pages_start)
{
	return (u32)ctx->args[1] == MR_NUMA_MISPLACED ? begin() : 0;
}

RAW_TRACEPOINT_PROBE(mm_migrate_pages)
{
	return end();
}

#define FUNCTION(name)                                                                                       \
	KFUNC_PROBE(name)                                                                                    \
	{                                                                                                    \
		return begin();                                                                              \
	}                                                                                                    \
	KRETFUNC_PROBE(name)                                                                                 \
	{                                                                                                    \
		return end();                                                                                \
	}                                                                                                    \
	int kprobe__##name(struct pt_regs *ctx)                                                              \
	{                                                                                                    \
		return begin();                                                                              \
	}                                                                                                    \
	int kretprobe__##name(struct pt_regs *ctx)                                                           \
	{                                                                                                    \
		return end();                                                                                \
	}

/* before there was the first of these tracepoints */
FUNCTION(migrate_misplaced_page)
