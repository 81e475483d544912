/* SPDX-License-Identifier: Apache-2.0 */
/* 0=16 1=1 2=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	put(0, bpf_core_field_size(task->comm));
	put(1, bpf_core_type_size(struct task_struct) > 1000);
	put(2, bpf_core_field_offset(struct task_struct, comm) > 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
