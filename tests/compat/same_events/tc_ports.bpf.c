/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, u16);
	__type(value, u32);
} ports SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *skb)
{
	u32 one = 1, *count;
	u16 port = 0;

	if (bpf_skb_load_bytes(skb, 36, &port, sizeof(port)))
		return 0;
	port = bpf_ntohs(port);
	count = bpf_map_lookup_elem(&ports, &port);
	if (count)
		*count += skb->len;
	else
		bpf_map_update_elem(&ports, &port, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
