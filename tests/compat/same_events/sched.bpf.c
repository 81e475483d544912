/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, char[16]);
	__type(value, u32);
} children SEC(".maps");

SEC("tp/sched/sched_process_fork")
int forked(struct trace_event_raw_sched_process_fork *ctx)
{
	if (ctx->parent_pid == own_process)
		put(ctx->child_pid & 7, ctx->child_pid);
	return 0;
}

SEC("tp/sched/sched_process_exec")
int executed(struct trace_event_raw_sched_process_exec *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	char name[16] = {};
	u32 pid = ctx->pid;

	if (BPF_CORE_READ(task, real_parent, tgid) != own_process)
		return 0;
	bpf_probe_read_str(name, sizeof(name), (void *)ctx + (ctx->__data_loc_filename & 0xffff));
	bpf_map_update_elem(&children, name, &pid, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
