/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=0 2=0 3=0 4=PID */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

/* Members that no kernel has yet: structs, pointers to them, and what these lead to. */
SEC("raw_tracepoint/sys_enter")
int enter(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!OWN)
		return 0;
	put(0, bpf_core_field_exists(task->kept.inner.number));
	put(1, bpf_core_field_exists(task->led_to));
	if (bpf_core_field_exists(task->kept.inner.number))
		put(2, BPF_CORE_READ(task, kept.inner.number));
	if (bpf_core_field_exists(task->led_to))
		put(3, BPF_CORE_READ(task, led_to, further, number));
	put(4, BPF_CORE_READ(task, tgid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
