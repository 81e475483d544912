/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each TCP connection that a process of this machine initiates.
 * In one of two ways: by the functions that connect, or, for kernels without kprobes, at the socket's change
 * of state.
 */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "tcpconnect.h"

#include <net/sock.h>

const volatile struct filter_numbers ports; /* on the other side */
const volatile u32 only_family;		    /* 4 or 6; 0: both */
const volatile bool counting;		    /* instead of reporting each */
const volatile bool with_lport;		    /* the tracepoint knows the local port only at the next change */

BPF_HASH(counts, struct flow, u64);

static inline void report(void *ctx, struct event *event)
{
	if (only_family && event->flow.family != only_family)
		return;
	if (ports.count && filter_refuses(&ports, event->flow.dport))
		return;
	if (!counting)
		event_send(ctx, event, sizeof(*event));
	else
		counts.increment(event->flow);
}

/* ---- at the change of state ---- */

/* from enums in net/tcp_states.h, sys/socket.h and netinet/in.h */
#define STATE_SYN_SENT 2
#define FAMILY_IPV4 2
#define PROTOCOL_TCP 6

static inline int is_mapped(const u8 *address)
{
	const u32 *words = (const u32 *)address;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

/* connections by their socket, from the state that begins them to the next one */
BPF_TABLE("lru_hash", u64, struct event, begun, 10240);

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	struct event event = {};
	u64 socket = (u64)args->skaddr;

	if (args->protocol != PROTOCOL_TCP)
		return 0;
	if (with_lport && args->oldstate == STATE_SYN_SENT) {
		struct event *first = begun.lookup(&socket);

		if (first) {
			event = *first;
			event.lport = args->sport;
			begun.delete(&socket);
			report(args, &event);
		}
		return 0;
	}
	if (args->newstate != STATE_SYN_SENT || current_is_unwanted())
		return 0;
	event_task(&event.task);
	event.flow.dport = args->dport;
	__builtin_memcpy(event.flow.saddr, args->saddr_v6, 16);
	__builtin_memcpy(event.flow.daddr, args->daddr_v6, 16);
	event.flow.family = 6;
	if (args->family == FAMILY_IPV4 || is_mapped(event.flow.daddr)) {
		event.flow.family = 4;
		__builtin_memset(event.flow.saddr, 0, 16);
		__builtin_memset(event.flow.daddr, 0, 16);
		__builtin_memcpy(event.flow.saddr, args->saddr, 4);
		__builtin_memcpy(event.flow.daddr, args->daddr, 4);
	}
	if (with_lport)
		begun.update(&socket, &event);
	else
		report(args, &event);
	return 0;
}

/* ---- by the functions that connect ---- */

/* the socket that each thread is connecting */
BPF_HASH(connecting, u32, struct sock *);

static inline int enter(struct sock *sk)
{
	u32 tid = bpf_get_current_pid_tgid();

	if (!current_is_unwanted())
		connecting.update(&tid, &sk);
	return 0;
}

/* An IPv6 socket to a mapped IPv4 address is connected by tcp_v4_connect() within tcp_v6_connect(): reported
 * once, as 4. */
static inline int leave(struct pt_regs *ctx, int family)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct sock **found = connecting.lookup(&tid);
	struct event event = {};
	struct sock *sk;

	if (!found)
		return 0;
	sk = *found;
	connecting.delete(&tid);
	if (PT_REGS_RC(ctx))
		return 0; /* no SYN was sent, and the addresses may not be set */
	event_task(&event.task);
	event.flow.family = family;
	event.flow.dport = bpf_ntohs(sk->__sk_common.skc_dport);
	event.lport = sk->__sk_common.skc_num;
	if (family == 4) {
		__builtin_memcpy(event.flow.saddr, &sk->__sk_common.skc_rcv_saddr, 4);
		__builtin_memcpy(event.flow.daddr, &sk->__sk_common.skc_daddr, 4);
	} else {
		__builtin_memcpy(event.flow.saddr, &sk->__sk_common.skc_v6_rcv_saddr, 16);
		__builtin_memcpy(event.flow.daddr, &sk->__sk_common.skc_v6_daddr, 16);
	}
	report(ctx, &event);
	return 0;
}

int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk)
{
	return enter(sk);
}

int kprobe__tcp_v6_connect(struct pt_regs *ctx, struct sock *sk)
{
	return enter(sk);
}

int kretprobe__tcp_v4_connect(struct pt_regs *ctx)
{
	return leave(ctx, 4);
}

int kretprobe__tcp_v6_connect(struct pt_regs *ctx)
{
	return leave(ctx, 6);
}

/* ---- names ---- */

/* A filter for a packet socket that lets name servers' answers through. The packet starts at its IP header.
 * Returns how much of it to let through. */
int dns_answers(struct __sk_buff *skb)
{
	u8 first = 0, protocol = 0, fragment[2] = {}, port[2] = {};
	u32 udp = 40;

	if (skb->pkt_type == 4) /* PACKET_OUTGOING: looped-back packets arrive again */
		return 0;
	bpf_skb_load_bytes(skb, 0, &first, 1);
	if (first >> 4 == 4) {
		bpf_skb_load_bytes(skb, 6, fragment, 2);
		bpf_skb_load_bytes(skb, 9, &protocol, 1);
		udp = (first & 15) * 4;
	} else if (first >> 4 == 6) {
		bpf_skb_load_bytes(skb, 6, &protocol, 1);
	}
	if (protocol != 17 || (fragment[0] & 0x1f) || fragment[1])
		return 0;
	bpf_skb_load_bytes(skb, udp, port, 2);
	return port[0] == 0 && port[1] == 53 ? 65535 : 0;
}
