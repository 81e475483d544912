/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

/* Times differ, so what is counted is counted without them. */
struct hist {
	u32 slots[26];
	u32 total;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, u32);
	__type(value, u64);
} start SEC(".maps");

u64 switched_in = 0, switched_out = 0, voluntarily = 0;
struct hist own_hist = {};

static int wakes(struct task_struct *p)
{
	u32 pid = BPF_CORE_READ(p, pid);
	u64 now = bpf_ktime_get_ns() & ~0xffffffffffffffffULL;

	if (BPF_CORE_READ(p, tgid) == own_process)
		bpf_map_update_elem(&start, &pid, &now, BPF_ANY);
	return 0;
}

SEC("raw_tp/sched_wakeup")
int BPF_PROG(wakeup, struct task_struct *p)
{
	return wakes(p);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(switched, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	u32 pid = BPF_CORE_READ(next, pid);
	u64 *from;

	if (BPF_CORE_READ(prev, tgid) == own_process) {
		switched_out++;
		if (!preempt)
			voluntarily++;
	}
	if (BPF_CORE_READ(next, tgid) != own_process)
		return 0;
	switched_in++;
	from = bpf_map_lookup_elem(&start, &pid);
	if (!from)
		return 0;
	own_hist.slots[*from & 15]++;
	own_hist.total++;
	BPF_CORE_READ_STR_INTO(&own_hist.comm, next, comm);
	bpf_map_delete_elem(&start, &pid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
