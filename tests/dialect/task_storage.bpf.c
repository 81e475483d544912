/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u64);
} visits SEC(".maps");

SEC("tp_btf/sys_enter")
int visit(u64 *ctx)
{
	u64 *count;

	if (!OWN)
		return 0;
	count = bpf_task_storage_get(
		&visits, bpf_get_current_task_btf(), NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (count)
		*count += 1;
	put(0, count && *count > 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
