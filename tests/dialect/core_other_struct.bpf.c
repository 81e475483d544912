/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=1 2=1 */
/* Members that this kernel lacks, as structs of its own, as text and as addresses. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct inode *inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
	u64 seconds = 1;
	char text[8] = "";

	if (bpf_core_field_exists(inode->when_it_was)) {
		struct timespec64 when = BPF_CORE_READ(inode, when_it_was);

		seconds = when.tv_sec;
	}
	put(0, seconds);
	if (bpf_core_field_exists(task->where_it_is)) {
		struct list_head *where = BPF_CORE_READ(task, where_it_is);

		bpf_probe_read_kernel_str(text, sizeof(text), BPF_CORE_READ(task, what_it_says));
		put(1, (u64)where);
	} else {
		put(1, text[0] == 0);
	}
	put(2, sizeof(struct timespec64) == 16);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
