/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2048 1=64 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "out.h"

SEC("tc")
int packet(struct __sk_buff *skb)
{
	u8 protocol[2] = {};

	bpf_skb_load_bytes(skb, 12, protocol, sizeof(protocol));
	put(0, protocol[0] << 8 | protocol[1]);
	put(1, skb->len);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
