/* SPDX-License-Identifier: Apache-2.0 */
/* 0=PID 1=PPID 2=PPID */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *parent;
	int tgid;

	put(0, BPF_CORE_READ(task, tgid));
	put(1, BPF_CORE_READ(task, real_parent, tgid));
	bpf_core_read(&parent, sizeof(parent), &task->real_parent);
	BPF_CORE_READ_INTO(&tgid, parent, tgid);
	put(2, tgid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
