/* SPDX-License-Identifier: Apache-2.0 */
/* Counts how often each place is reached. */
#include "count.bpf.h"
#include "filter.bpf.h"
#include "place.bpf.h"

const volatile bool one_cpu;
const volatile u32 cpu;

BPF_HASH(counts, u64, u64, 65536);

static inline int count(u64 place)
{
	if (current_is_unwanted() || (one_cpu && bpf_get_smp_processor_id() != cpu))
		return 0;
	count_add(counts, &place, 1);
	return 0;
}

int count_function(struct pt_regs *ctx)
{
	return count(PT_REGS_IP(ctx));
}

int count_user(struct pt_regs *ctx)
{
	return count(place_number(ctx));
}

int count_usdt(struct pt_regs *ctx)
{
	return count(place_number(ctx));
}

int count_tracepoint(struct trace_entry *ctx)
{
	return count(place_number(ctx));
}
