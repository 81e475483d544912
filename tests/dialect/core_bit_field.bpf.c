/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	put(0, BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
