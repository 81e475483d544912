/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections wait to be accepted, each time that another one is there: by the functions that make
 * its socket; or, for kernels without kprobes and fentry, at that socket's first change of state.
 */
#include "hist.bpf.h"
#include "netns.bpf.h"

#include <linux/skbuff.h>
#include <net/sock.h>

const volatile u32 only_family; /* 4 or 6; 0: both */

/* linux/if_ether.h, sys/socket.h, linux/in.h, net/tcp_states.h */
#define ETHERNET_IPV4 0x0800
#define FAMILY_IPV4 2
#define PROTOCOL_TCP 6
#define STATE_SYN_RECV 3
#define STATE_LISTEN 10

static inline int count(struct sock *sk)
{
	struct hist_key key = {};

	if (netns_is_unwanted(netns_number(sk->__sk_common.skc_net.net)))
		return 0;
	key.section = sk->sk_max_ack_backlog;
	key.slot = bpf_log2l(sk->sk_ack_backlog);
	hist_add(&key);
	return 0;
}

/* IPv4 connections to IPv6 sockets come through both of the functions, and are counted by the first. */
static inline int count_ipv6(struct sock *sk, struct sk_buff *skb)
{
	return skb->protocol == bpf_htons(ETHERNET_IPV4) ? 0 : count(sk);
}

KFUNC_PROBE(tcp_v4_syn_recv_sock, struct sock *sk)
{
	return count(sk);
}

KFUNC_PROBE(tcp_v6_syn_recv_sock, struct sock *sk, struct sk_buff *skb)
{
	return count_ipv6(sk, skb);
}

int kprobe__tcp_v4_syn_recv_sock(struct pt_regs *ctx, struct sock *sk)
{
	return count(sk);
}

int kprobe__tcp_v6_syn_recv_sock(struct pt_regs *ctx, struct sock *sk, struct sk_buff *skb)
{
	return count_ipv6(sk, skb);
}

/* The new socket is still a copy of the one that listens. */
RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	int before = ctx->args[1], now = ctx->args[2];
	u32 family;

	if (before != STATE_LISTEN || now != STATE_SYN_RECV || sk->sk_protocol != PROTOCOL_TCP)
		return 0;
	family = sk->__sk_common.skc_family == FAMILY_IPV4 ? 4 : 6;
	return only_family && family != only_family ? 0 : count(sk);
}
