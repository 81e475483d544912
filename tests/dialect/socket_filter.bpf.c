/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("socket")
int packet(struct __sk_buff *skb)
{
	put(0, 1);
	return skb->len;
}

char LICENSE[] SEC("license") = "GPL";
