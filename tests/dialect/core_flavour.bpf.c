/* SPDX-License-Identifier: Apache-2.0 */
/* 0=PID 1=0 2=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

struct task_struct___mine {
	int tgid;
	int not_there;
} __attribute__((preserve_access_index));

SEC("syscall")
int run(void *ctx)
{
	struct task_struct___mine *task = (void *)bpf_get_current_task();

	put(0, BPF_CORE_READ(task, tgid));
	put(1, bpf_core_field_exists(task->not_there));
	put(2, bpf_core_type_exists(struct task_struct___mine));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
