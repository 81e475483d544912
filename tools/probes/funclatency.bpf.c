/* SPDX-License-Identifier: Apache-2.0 */
/* How long calls of functions take. */
#include "funclatency.h"

#define HIST_SECTION_TYPE struct section
#define HIST_SUM
#include "call_programs.bpf.h"
#include "filter.bpf.h"
#include "hist.bpf.h"

const volatile bool by_function, by_process;
const volatile u32 levels; /* of calls within calls; 0: all */
const volatile u64 unit = 1;

static inline int enter(struct pt_regs *ctx, u64 place, bool kernel)
{
	struct call call = {.place = place};
	struct call_key key = {};

	if (current_is_unwanted())
		return 0;
	call.begin = bpf_ktime_get_ns();
	call_begin(ctx, &call, kernel, levels, &key);
	return 0;
}

static inline int leave(struct pt_regs *ctx, u64 place, bool place_known, bool kernel)
{
	u64 now = bpf_ktime_get_ns(), took;
	struct hist_key key = {};
	struct call_key where = {};
	struct call call;

	if (!call_end(ctx, place, place_known, kernel, &call, &where))
		return 0;
	took = now - call.begin;
	hist_sum_add(took);
	if (by_function)
		key.section.place = call.place;
	if (by_process)
		key.section.pid = bpf_get_current_pid_tgid() >> 32;
	key.slot = bpf_log2l(took / unit);
	hist_add(&key);
	return 0;
}
