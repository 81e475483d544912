/* SPDX-License-Identifier: Apache-2.0 */
/* 0=PID 1=0 Linux 6.3 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

/* A struct of older kernels only, which headers of one may have: its members are not those of this kernel. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!OWN)
		return 0;
	put(0, BPF_CORE_READ(task, tgid));
	put(1, bpf_core_type_exists(struct kernel_cap_struct));
	if (bpf_core_type_exists(struct kernel_cap_struct)) {
		struct kernel_cap_struct old;

		bpf_core_read(&old, sizeof(old), task);
		put(1, old.cap[1] + 1);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
