/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=0 2=0 3=0 4=PID */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

struct kept {
	struct no_kernel_has_part part;
	u64 number;
};

/* Types that no kernel has yet, of which the program has more than pointers. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!OWN)
		return 0;
	put(0, bpf_core_type_exists(struct no_kernel_has_copy));
	put(1, bpf_core_type_exists(no_kernel_has_t));
	put(2, bpf_core_type_exists(struct no_kernel_has_part));
	if (bpf_core_type_exists(struct no_kernel_has_copy)) {
		struct no_kernel_has_copy copy = {}, *many = (void *)task;

		bpf_core_read(&copy, sizeof(copy), task);
		put(3, copy.level + copy.inner.number + bpf_core_type_size(struct no_kernel_has_copy));
		put(3, sizeof(struct kept) + (many[1].level > 0) + sizeof(union no_kernel_has_union));
	}
	/* "reason" is a function and more in the kernel's headers, which has nothing to do with it */
	if (bpf_core_type_exists(struct no_kernel_has_info))
		put(3, BPF_CORE_READ((struct no_kernel_has_info *)task, reason));
	put(4, BPF_CORE_READ(task, tgid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
