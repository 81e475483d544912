/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	char comm[16], read[16] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	BPF_CORE_READ_STR_INTO(&read, task, comm);
	put(0, comm[0] == read[0] && comm[1] == read[1]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
