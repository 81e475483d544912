/* SPDX-License-Identifier: Apache-2.0 */
/* Where threads are when a CPU is sampled. */
#include "count.bpf.h"
#include "filter.bpf.h"
#include "profile.h"
#include "stacks.bpf.h"

#include <uapi/linux/bpf_perf_event.h>

const volatile bool include_idle;

BPF_HASH(counts, struct stack_key, u64, 40960);

int sample(struct bpf_perf_event_data *ctx)
{
	struct stack_key key = {};

	if ((!include_idle && (u32)bpf_get_current_pid_tgid() == 0) || current_is_unwanted())
		return 0;
	stacks_of_current(ctx, &key);
	/* threads of a process are counted together */
	key.tid = 0;
#ifdef STACKS_DWARF
	if (stacks_snapshot(&key, 1))
		return 0;
#endif
	count_add(counts, &key, 1);
	return 0;
}
