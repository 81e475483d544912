/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 Linux 6.4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct value {
	struct task_struct __kptr *task;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct value);
} tasks SEC(".maps");

SEC("syscall")
int run(void *ctx)
{
	u32 zero = 0;
	struct value *value = bpf_map_lookup_elem(&tasks, &zero);
	struct task_struct *task, *old;

	if (!value)
		return 0;
	task = bpf_task_acquire(bpf_get_current_task_btf());
	if (!task)
		return 0;
	old = bpf_kptr_xchg(&value->task, task);
	if (old)
		bpf_task_release(old);
	old = bpf_kptr_xchg(&value->task, NULL);
	if (old) {
		put(0, old->tgid == bpf_get_current_pid_tgid() >> 32);
		bpf_task_release(old);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
