// SPDX-License-Identifier: Apache-2.0
// An XDP program that walks VLAN tags, extension headers of IPv6, tunnels and the options of TCP.
#include <uapi/linux/bpf.h>
#include <linux/in.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

struct tag {
	__be16 tci, protocol;
};

struct extension {
	u8 next, length;
	u8 data[6];
};

struct flow {
	u64 from[2], to[2];
	u16 from_port, to_port, vlan;
	u8 protocol, depth;
};

struct counters {
	u64 packets, bytes, mss, scale, sack, timestamps;
};

BPF_TABLE("lru_hash", struct flow, struct counters, flows, 16384);
BPF_PERCPU_ARRAY(protocols, u64, 256);

int on_packet(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data, *at = data;
	struct ethhdr *ethernet = data;
	struct flow flow = {};
	struct counters fresh = {}, *c;
	u32 protocol = 0;
	u64 *count, mss = 0, scale = 0, sack = 0, stamps = 0;
	__be16 type;

	if (at + sizeof(*ethernet) > end)
		return XDP_PASS;
	type = ethernet->h_proto;
	at += sizeof(*ethernet);
#pragma unroll
	for (int i = 0; i < 4; i++) {
		struct tag *tag = at;

		if (type != htons(ETH_P_8021Q) && type != htons(ETH_P_8021AD))
			break;
		if ((void *)(tag + 1) > end)
			return XDP_PASS;
		flow.vlan = ntohs(tag->tci) & 0xfff;
		type = tag->protocol;
		at += sizeof(*tag);
	}
#pragma unroll
	for (int depth = 0; depth < 2; depth++) {
		if (type == htons(ETH_P_IP)) {
			struct iphdr *ip = at;

			if ((void *)(ip + 1) > end || ip->ihl != 5)
				return XDP_PASS;
			flow.from[0] = ip->saddr;
			flow.to[0] = ip->daddr;
			protocol = ip->protocol;
			at += sizeof(*ip);
		} else if (type == htons(ETH_P_IPV6)) {
			struct ipv6hdr *ip = at;

			if ((void *)(ip + 1) > end)
				return XDP_PASS;
			__builtin_memcpy(flow.from, &ip->saddr, 16);
			__builtin_memcpy(flow.to, &ip->daddr, 16);
			protocol = ip->nexthdr;
			at += sizeof(*ip);
#pragma unroll
			for (int i = 0; i < 3; i++) {
				struct extension *e = at;

				if (protocol != 0 && protocol != 43 && protocol != 44 && protocol != 60)
					break;
				if ((void *)(e + 1) > end || e->length)
					return XDP_PASS;
				protocol = e->next;
				at += sizeof(*e);
			}
		} else {
			return XDP_PASS;
		}
		flow.depth = depth;
		if (protocol == IPPROTO_IPIP)
			type = htons(ETH_P_IP);
		else if (protocol == IPPROTO_IPV6)
			type = htons(ETH_P_IPV6);
		else
			break;
	}
	flow.protocol = protocol;
	count = protocols.lookup(&protocol);
	if (count)
		*count += 1;
	if (protocol == IPPROTO_UDP) {
		struct udphdr *udp = at;

		if ((void *)(udp + 1) > end)
			return XDP_PASS;
		flow.from_port = udp->source;
		flow.to_port = udp->dest;
	} else if (protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = at;

		if ((void *)(tcp + 1) > end)
			return XDP_PASS;
		flow.from_port = tcp->source;
		flow.to_port = tcp->dest;
		at += sizeof(*tcp);
		/* the words of the options, as most systems align them */
#pragma unroll
		for (int i = 0; i < 10; i++) {
			u8 *o = at;

			if ((void *)(o + 4) > end)
				break;
			if (o[0] == 2)
				mss = o[2] << 8 | o[3];
			if (o[1] == 3)
				scale = o[3];
			sack |= o[2] == 4;
			stamps |= o[2] == 8;
			at += 4;
		}
	}
	c = flows.lookup_or_try_init(&flow, &fresh);
	if (!c)
		return XDP_PASS;
	c->packets++;
	c->bytes += end - data;
	if (mss)
		c->mss = mss;
	if (scale)
		c->scale = scale;
	c->sack |= sack;
	c->timestamps |= stamps;
	return XDP_PASS;
}
