/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=1 2=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (bpf_core_field_exists(task->of_a_kernel_to_come))
		put(0, BPF_CORE_READ(task, of_a_kernel_to_come));
	if (bpf_core_field_exists(task->list_to_come))
		put(2, BPF_CORE_READ(task, list_to_come[1].first, member_to_come) + task->pids_to_come[2][3]);
	put(1, bpf_core_field_exists(task->pid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
