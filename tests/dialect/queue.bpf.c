/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=2 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, u32);
} queue SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	u32 value = 1;

	bpf_map_push_elem(&queue, &value, BPF_ANY);
	value = 2;
	bpf_map_push_elem(&queue, &value, BPF_ANY);
	bpf_map_pop_elem(&queue, &value);
	put(0, value);
	bpf_map_peek_elem(&queue, &value);
	put(1, value);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
