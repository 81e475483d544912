/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} bytes SEC(".maps");

static __always_inline int count(struct __sk_buff *skb, u32 direction)
{
	struct iphdr ip;
	u64 length = skb->len, *sum;
	u32 key;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
		return 1;
	key = direction << 8 | ip.protocol;
	sum = bpf_map_lookup_elem(&bytes, &key);
	if (sum)
		__sync_fetch_and_add(sum, length);
	else
		bpf_map_update_elem(&bytes, &key, &length, BPF_ANY);
	return 1;
}

SEC("cgroup_skb/egress")
int leaves(struct __sk_buff *skb)
{
	return count(skb, 1);
}

SEC("cgroup_skb/ingress")
int comes(struct __sk_buff *skb)
{
	return count(skb, 2);
}

char LICENSE[] SEC("license") = "GPL";
