/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 Linux 6.7 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task;
	u64 found = 0;

	bpf_rcu_read_lock();
	bpf_for_each(task, task, NULL, 0 /* BPF_TASK_ITER_ALL_PROCS */) found +=
		task->tgid == bpf_get_current_pid_tgid() >> 32;
	bpf_rcu_read_unlock();
	put(0, found);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
