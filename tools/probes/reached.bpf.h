/* SPDX-License-Identifier: Apache-2.0 */
/* Programs at places that the user names: the text defines what they do there. */
#include "filter.bpf.h"
#include "place.bpf.h"

const volatile bool one_cpu;
const volatile u32 cpu;

/* `place`: as probe_set_name() takes it. */
static inline void reached(void *ctx, u64 place);

static inline bool reached_is_unwanted(void)
{
	return current_is_unwanted() || (one_cpu && bpf_get_smp_processor_id() != cpu);
}

int reach_function(struct pt_regs *ctx)
{
	if (!reached_is_unwanted())
		reached(ctx, PT_REGS_IP(ctx));
	return 0;
}

int reach_user(struct pt_regs *ctx)
{
	if (!reached_is_unwanted())
		reached(ctx, place_number(ctx));
	return 0;
}

int reach_usdt(struct pt_regs *ctx)
{
	if (!reached_is_unwanted())
		reached(ctx, place_number(ctx));
	return 0;
}

int reach_tracepoint(struct trace_entry *ctx)
{
	if (!reached_is_unwanted())
		reached(ctx, place_number(ctx));
	return 0;
}
