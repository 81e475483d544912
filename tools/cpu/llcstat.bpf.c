/* SPDX-License-Identifier: Apache-2.0 */
/* References to the last-level cache, and those that it cannot answer: each event stands for sample_period.
 * */
#include "filter.bpf.h"
#include "llcstat.h"
#include "missed.bpf.h"

#include <uapi/linux/bpf_perf_event.h>

const volatile bool by_thread;

BPF_HASH(counts, struct llcstat_key, struct llcstat_value, 40960);

static inline int count(u64 references, u64 misses)
{
	struct llcstat_value none = {}, *value;
	u64 id = bpf_get_current_pid_tgid();
	struct llcstat_key key = {};

	if (current_is_unwanted())
		return 0;
	key.pid = id >> 32;
	if (by_thread)
		key.tid = id;
	key.cpu = bpf_get_smp_processor_id();
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	value = counts.lookup_or_try_init(&key, &none);
	if (!value) {
		event_missed();
		return 0;
	}
	__sync_fetch_and_add(&value->references, references);
	__sync_fetch_and_add(&value->misses, misses);
	return 0;
}

int reference(struct bpf_perf_event_data *ctx)
{
	return count(ctx->sample_period, 0);
}

int miss(struct bpf_perf_event_data *ctx)
{
	return count(0, ctx->sample_period);
}
