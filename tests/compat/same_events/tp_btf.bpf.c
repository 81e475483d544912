/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(forks, struct task_struct *parent, struct task_struct *child)
{
	if (parent->tgid == own_process)
		put(child->pid & 7, child->pid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(exits, struct task_struct *task)
{
	if (task->real_parent->tgid == own_process)
		put(8 + (task->pid & 7), task->exit_code + 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
