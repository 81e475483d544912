/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(key_size, sizeof(u32));
	__uint(value_size, 127 * sizeof(u64));
	__uint(max_entries, 64);
} stacks SEC(".maps");

SEC("raw_tp/sys_enter")
int stack(void *ctx)
{
	if (OWN)
		put(0, bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK | BPF_F_REUSE_STACKID) >= 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
