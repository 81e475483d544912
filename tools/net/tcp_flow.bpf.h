/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a TCP connection, and filters on them. */
#include "filter.bpf.h"
#include "tcp_flow.h"

#include <net/sock.h>

/* from enums in sys/socket.h and netinet/in.h */
#define FAMILY_IPV4 2
#define FAMILY_IPV6 10
#define PROTOCOL_TCP 6
#define PROTOCOL_MPTCP 262

const volatile struct filter_numbers local_ports, remote_ports;
const volatile u32 only_family; /* 4 or 6; 0: both */
const volatile u32 only_netns;	/* 0: all */

static inline bool tcp_flow_is_unwanted(const struct tcp_flow *flow)
{
	if (only_family && flow->family != only_family)
		return true;
	if (only_netns && flow->netns != only_netns)
		return true;
	if (local_ports.count && filter_refuses(&local_ports, flow->lport))
		return true;
	return remote_ports.count && filter_refuses(&remote_ports, flow->rport);
}

static inline bool tcp_address_is_mapped(const u8 *address)
{
	const u32 *words = (const u32 *)address;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

/* Of an IPv6 socket. An IPv4 connection through it is one. */
static inline void tcp_flow_set_ipv6(struct tcp_flow *flow, const u8 *local, const u8 *remote)
{
	__builtin_memcpy(flow->laddr, local, 16);
	__builtin_memcpy(flow->raddr, remote, 16);
	flow->family = 6;
	if (!tcp_address_is_mapped(flow->raddr))
		return;
	flow->family = 4;
	__builtin_memset(flow->laddr, 0, 16);
	__builtin_memset(flow->raddr, 0, 16);
	__builtin_memcpy(flow->laddr, local + 12, 4);
	__builtin_memcpy(flow->raddr, remote + 12, 4);
}

static __noinline void tcp_flow_of_sock(struct tcp_flow *flow, struct sock *sk)
{
	flow->netns = sk->__sk_common.skc_net.net->ns.inum;
	flow->lport = sk->__sk_common.skc_num;
	flow->rport = bpf_ntohs(sk->__sk_common.skc_dport);
	if (sk->__sk_common.skc_family == FAMILY_IPV6) {
		u8 local[16], remote[16];

		bpf_probe_read_kernel(local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_probe_read_kernel(remote, 16, &sk->__sk_common.skc_v6_daddr);
		tcp_flow_set_ipv6(flow, local, remote);
	} else {
		flow->family = 4;
		bpf_probe_read_kernel(flow->laddr, 4, &sk->__sk_common.skc_rcv_saddr);
		bpf_probe_read_kernel(flow->raddr, 4, &sk->__sk_common.skc_daddr);
	}
}

/* At sock:inet_sock_set_state, which still knows the ports when the socket is closed. */
static inline void tcp_flow_of_change(
	struct tcp_flow *flow, struct sock *sk, struct trace_event_raw_inet_sock_set_state *change)
{
	flow->netns = sk->__sk_common.skc_net.net->ns.inum;
	flow->lport = change->sport;
	flow->rport = change->dport;
	if (change->family == FAMILY_IPV6) {
		tcp_flow_set_ipv6(flow, change->saddr_v6, change->daddr_v6);
	} else {
		flow->family = 4;
		__builtin_memcpy(flow->laddr, change->saddr, 4);
		__builtin_memcpy(flow->raddr, change->daddr, 4);
	}
}
