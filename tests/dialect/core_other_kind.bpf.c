/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=0 2=PID 3=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

struct task_struct___by_number {
	int prio;
} __attribute__((preserve_access_index));

/* Members that this kernel has as numbers and arrays, as if another one had structs of those names. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct___by_number *other = (void *)task;

	if (!OWN)
		return 0;
	put(0, bpf_core_field_exists(task->prio.level));
	put(1, bpf_core_field_exists(task->comm.text[0].letter));
	if (bpf_core_field_exists(task->prio.level.number))
		put(0, BPF_CORE_READ(task, prio.level.number));
	if (bpf_core_field_exists(task->comm.text))
		put(1, task->comm.text[0].letter);
	put(2, BPF_CORE_READ(task, tgid));
	if (bpf_core_field_exists(other->prio))
		put(3, BPF_CORE_READ(other, prio) < 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
