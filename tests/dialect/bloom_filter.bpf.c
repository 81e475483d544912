/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 1000);
	__uint(map_extra, 3);
	__type(value, u64);
} seen SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	u64 value = 77;

	bpf_map_push_elem(&seen, &value, BPF_ANY);
	put(0, bpf_map_peek_elem(&seen, &value));
	value = 78;
	put(1, bpf_map_peek_elem(&seen, &value) != 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
