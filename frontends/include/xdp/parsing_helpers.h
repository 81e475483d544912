/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of xdp-tools' header: each function checks that a header is within the packet, puts the cursor
 * behind it, and returns what comes next, or -1. Who does not need the header passes NULL.
 */
#pragma once

#include <stddef.h>
#include <linux/if_ether.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

#define IPV6_EXT_MAX_CHAIN 6
#ifndef VLAN_MAX_DEPTH
#define VLAN_MAX_DEPTH 4
#endif
#ifndef VLAN_VID_MASK
#define VLAN_VID_MASK 0x0fff
#endif

struct hdr_cursor {
	void *pos;
};

struct vlan_hdr {
	__be16 h_vlan_TCI;
	__be16 h_vlan_encapsulated_proto;
};

/* What ICMP's headers of both versions begin with. */
struct icmphdr_common {
	__u8 type;
	__u8 code;
	__sum16 cksum;
};

struct collect_vlans {
	__u16 id[VLAN_MAX_DEPTH];
};

/* Where a header of that size begins; NULL: the packet ends before it does. */
static __always_inline void *__bcc_take_header(struct hdr_cursor *cursor, void *data_end, __u32 size)
{
	void *header = cursor->pos;

	if (header + size > data_end)
		return NULL;
	cursor->pos = header + size;
	return header;
}

static __always_inline int proto_is_vlan(__u16 h_proto)
{
	return h_proto == bpf_htons(ETH_P_8021Q) || h_proto == bpf_htons(ETH_P_8021AD);
}

/* The protocol is in the order of the network. */
static __always_inline int parse_ethhdr_vlan(
	struct hdr_cursor *nh, void *data_end, struct ethhdr **ethhdr, struct collect_vlans *vlans)
{
	struct ethhdr *eth = __bcc_take_header(nh, data_end, sizeof(*eth));
	__u16 proto;

	if (!eth)
		return -1;
	if (ethhdr)
		*ethhdr = eth;
	proto = eth->h_proto;
#pragma unroll
	for (int i = 0; i < VLAN_MAX_DEPTH; i++) {
		struct vlan_hdr *vlan = nh->pos;

		if (!proto_is_vlan(proto) || (void *)(vlan + 1) > data_end)
			break;
		proto = vlan->h_vlan_encapsulated_proto;
		if (vlans)
			vlans->id[i] = bpf_ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK;
		nh->pos = vlan + 1;
	}
	return proto;
}

static __always_inline int parse_ethhdr(struct hdr_cursor *nh, void *data_end, struct ethhdr **ethhdr)
{
	return parse_ethhdr_vlan(nh, data_end, ethhdr, NULL);
}

static __always_inline int skip_ip6hdrext(struct hdr_cursor *nh, void *data_end, __u8 next_hdr_type)
{
#pragma unroll
	for (int i = 0; i < IPV6_EXT_MAX_CHAIN; i++) {
		struct ipv6_opt_hdr *option = nh->pos;

		if ((void *)(option + 1) > data_end)
			return -1;
		switch (next_hdr_type) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_DSTOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_MH:
			nh->pos = (char *)option + (option->hdrlen + 1) * 8;
			break;
		case IPPROTO_AH:
			nh->pos = (char *)option + (option->hdrlen + 2) * 4;
			break;
		case IPPROTO_FRAGMENT:
			nh->pos = (char *)option + 8;
			break;
		default:
			return next_hdr_type;
		}
		next_hdr_type = option->nexthdr;
	}
	return -1;
}

static __always_inline int parse_ip6hdr(struct hdr_cursor *nh, void *data_end, struct ipv6hdr **ip6hdr)
{
	struct ipv6hdr *ip6 = __bcc_take_header(nh, data_end, sizeof(*ip6));

	if (!ip6)
		return -1;
	if (ip6hdr)
		*ip6hdr = ip6;
	return skip_ip6hdrext(nh, data_end, ip6->nexthdr);
}

static __always_inline int parse_iphdr(struct hdr_cursor *nh, void *data_end, struct iphdr **iphdr)
{
	struct iphdr *ip = nh->pos;
	int size;

	if ((void *)(ip + 1) > data_end)
		return -1;
	size = ip->ihl * 4;
	if (size < (int)sizeof(*ip) || nh->pos + size > data_end)
		return -1;
	nh->pos += size;
	if (iphdr)
		*iphdr = ip;
	return ip->protocol;
}

static __always_inline int parse_icmp6hdr(struct hdr_cursor *nh, void *data_end, struct icmp6hdr **icmp6hdr)
{
	struct icmp6hdr *icmp = __bcc_take_header(nh, data_end, sizeof(*icmp));

	if (!icmp)
		return -1;
	if (icmp6hdr)
		*icmp6hdr = icmp;
	return icmp->icmp6_type;
}

static __always_inline int parse_icmphdr(struct hdr_cursor *nh, void *data_end, struct icmphdr **icmphdr)
{
	struct icmphdr *icmp = __bcc_take_header(nh, data_end, sizeof(*icmp));

	if (!icmp)
		return -1;
	if (icmphdr)
		*icmphdr = icmp;
	return icmp->type;
}

static __always_inline int parse_icmphdr_common(
	struct hdr_cursor *nh, void *data_end, struct icmphdr_common **icmphdr)
{
	struct icmphdr_common *icmp = __bcc_take_header(nh, data_end, sizeof(*icmp));

	if (!icmp)
		return -1;
	if (icmphdr)
		*icmphdr = icmp;
	return icmp->type;
}

/* Returns how many bytes follow. */
static __always_inline int parse_udphdr(struct hdr_cursor *nh, void *data_end, struct udphdr **udphdr)
{
	struct udphdr *udp = __bcc_take_header(nh, data_end, sizeof(*udp));
	int size;

	if (!udp)
		return -1;
	if (udphdr)
		*udphdr = udp;
	size = bpf_ntohs(udp->len) - (int)sizeof(*udp);
	return size < 0 ? -1 : size;
}

/* Returns the size of the header with its options. */
static __always_inline int parse_tcphdr(struct hdr_cursor *nh, void *data_end, struct tcphdr **tcphdr)
{
	struct tcphdr *tcp = nh->pos;
	int size;

	if ((void *)(tcp + 1) > data_end)
		return -1;
	size = tcp->doff * 4;
	if (size < (int)sizeof(*tcp) || nh->pos + size > data_end)
		return -1;
	nh->pos += size;
	if (tcphdr)
		*tcphdr = tcp;
	return size;
}
