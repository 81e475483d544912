/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2048 1=17 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "out.h"

SEC("xdp")
int packet(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > end)
		return XDP_DROP;
	put(0, bpf_ntohs(eth->h_proto));
	put(1, ip->protocol);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
