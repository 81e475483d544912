/* SPDX-License-Identifier: Apache-2.0 */
/* 0=8 1=17 2=20 3=1 4=0 5=64 6=8 */
/* libxdp's headers, without vmlinux.h. */
#include <linux/bpf.h>
#include <linux/fs.h>
#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>
#include <xdp/parsing_helpers.h>
#include <xdp/xdp_stats_kern.h>
#include "out.h"

struct {
	__uint(priority, 10);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(packet);

SEC("xdp")
int packet(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct hdr_cursor cursor = {data};
	__u32 action = XDP_PASS;
	struct datarec *record;
	struct icmphdr *icmp;
	struct iphdr *ip;
	struct ethhdr *eth;

	put(0, bpf_ntohs(parse_ethhdr(&cursor, end, &eth)) >> 8);
	put(1, parse_iphdr(&cursor, end, &ip));
	put(2, cursor.pos - data - ETH_HLEN);
	xdp_stats_record_action(ctx, action);
	record = bpf_map_lookup_elem(&xdp_stats_map, &action);
	if (record) {
		put(3, record->rx_packets);
		put(5, record->rx_bytes);
	}
	put(4, parse_icmphdr(&cursor, end, &icmp));
	cursor.pos = data;
	put(6, bpf_ntohs(parse_ethhdr(&cursor, end, NULL)) >> 8);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
