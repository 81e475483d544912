/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each TCP packet that the kernel drops: by the tracepoint at which packets are freed, since it has a reason
 * (5.17); before that, by the function that drops packets of sockets that have been found.
 */
#include "event.bpf.h"
#include "netns.bpf.h"
#include "tcpdrop.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/version.h>
#include <net/dst.h>
#include <net/sock.h>

const volatile u32 only_family; /* 4 or 6; 0: both */

/* linux/if_ether.h, linux/in.h */
#define ETHERNET_IPV4 0x0800
#define ETHERNET_IPV6 0x86dd
#define PROTOCOL_TCP 6
/* extensions of IPv6 */
#define HOP_BY_HOP 0
#define ROUTING 43
#define FRAGMENT 44
#define DESTINATION 60
#define EXTENSIONS 4 /* as many as are looked at */

#define TCP_HEADER 20

BPF_PERCPU_ARRAY(scratch, struct event, 1);

static inline int read_ipv4(const struct iphdr *ip, struct event *event)
{
	struct iphdr header;

	if (bpf_probe_read_kernel(&header, sizeof(header), ip) || header.version != 4 ||
		header.protocol != PROTOCOL_TCP || (header.frag_off & bpf_htons(0x1fff)))
		return -1;
	event->family = 4;
	__builtin_memset(event->saddr, 0, sizeof(event->saddr));
	__builtin_memset(event->daddr, 0, sizeof(event->daddr));
	__builtin_memcpy(event->saddr, &header.saddr, 4);
	__builtin_memcpy(event->daddr, &header.daddr, 4);
	return header.ihl * 4;
}

static inline int read_ipv6(const struct ipv6hdr *ip, struct event *event)
{
	struct ipv6hdr header;
	u32 size = sizeof(header), next;

	if (bpf_probe_read_kernel(&header, sizeof(header), ip) || header.version != 6)
		return -1;
	event->family = 6;
	__builtin_memcpy(event->saddr, &header.saddr, 16);
	__builtin_memcpy(event->daddr, &header.daddr, 16);
	next = header.nexthdr;
	for (int i = 0; i < EXTENSIONS && next != PROTOCOL_TCP; i++) {
		u8 extension[4] = {};

		if (next != HOP_BY_HOP && next != ROUTING && next != FRAGMENT && next != DESTINATION)
			return -1;
		bpf_probe_read_kernel(extension, sizeof(extension), (const u8 *)ip + size);
		/* only the first fragment has a TCP header */
		if (next == FRAGMENT && (extension[2] || extension[3] & 0xf8))
			return -1;
		size += next == FRAGMENT ? 8 : 8 + extension[1] * 8;
		next = extension[0];
	}
	return next == PROTOCOL_TCP ? (int)size : -1;
}

/* Fills in what the packet says. Returns false if it is not TCP, or not wanted. */
static inline bool read_packet(const struct sk_buff *skb, struct event *event)
{
	u16 protocol = bpf_ntohs(skb->protocol);
	u32 network = skb->network_header;
	const u8 *ip = skb->head + network;
	struct tcphdr tcp;
	int size = -1;

	if (protocol == ETHERNET_IPV4)
		size = read_ipv4((const struct iphdr *)ip, event);
	else if (protocol == ETHERNET_IPV6)
		size = read_ipv6((const struct ipv6hdr *)ip, event);
	if (size < 0 || (only_family && event->family != only_family))
		return false;
	if (network + size + TCP_HEADER > (u32)skb->tail)
		return false;
	if (bpf_probe_read_kernel(&tcp, sizeof(tcp), ip + size))
		return false;
	event->sport = bpf_ntohs(tcp.source);
	event->dport = bpf_ntohs(tcp.dest);
	event->flags = ((u8 *)&tcp)[13];
	return true;
}

static inline u32 netns_of(const struct sk_buff *skb, const struct sock *sk)
{
	const struct net_device *device = skb->dev;

	if (sk)
		return netns_number(sk->__sk_common.skc_net.net);
	if (!device) {
		/* TCP has taken the device away, but the route is still there */
		const struct dst_entry *route = (const struct dst_entry *)(skb->_skb_refdst & ~1UL);

		device = route ? route->dev : 0;
	}
	return device ? netns_number(device->nd_net.net) : 0;
}

static inline int report(void *ctx, const struct sk_buff *skb, const struct sock *sk, u32 reason)
{
	struct event *event;
	int zero = 0, size;

	event = scratch.lookup(&zero);
	if (!event || !read_packet(skb, event))
		return 0;
	event->netns = netns_of(skb, sk);
	if (netns_is_unwanted(event->netns))
		return 0;
	event->time = bpf_ktime_get_ns();
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->reason = reason;
	event->state = sk ? sk->__sk_common.skc_state : 0;
	size = bpf_get_stack(ctx, event->stack, sizeof(event->stack), 0);
	if (size < 0)
		size = 0;
	event->frames = size / sizeof(event->stack[0]);
	event_send(ctx, event, offsetof(struct event, stack) + size);
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
TRACEPOINT_PROBE(skb, kfree_skb)
{
	const struct sk_buff *skb = (const struct sk_buff *)args->skbaddr;
	const struct sock *sk = 0;

	if ((u32)args->reason <= SKB_DROP_REASON_NOT_SPECIFIED)
		return 0; /* not dropped, or nobody knows */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	sk = (const struct sock *)args->rx_sk;
#endif
	if (!sk)
		sk = skb->sk;
	return report(args, skb, sk, args->reason);
}
#else
int kprobe__tcp_drop(struct pt_regs *ctx, struct sock *sk, struct sk_buff *skb)
{
	return report(ctx, skb, sk, 0);
}
#endif
