/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 4);
	__type(value, u32);
} stack SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	u32 value = 1;

	bpf_map_push_elem(&stack, &value, BPF_ANY);
	value = 2;
	bpf_map_push_elem(&stack, &value, BPF_ANY);
	bpf_map_pop_elem(&stack, &value);
	put(0, value);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
