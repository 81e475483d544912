/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("cgroup_skb/egress")
int packet(struct __sk_buff *skb)
{
	put(0, 1);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
