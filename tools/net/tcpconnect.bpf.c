/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each TCP connection that a process of this machine initiates.
 * In one of two ways: by the functions that connect, or, for kernels without kprobes, at the socket's change
 * of state.
 */
#include "begun.bpf.h"
#include "count.bpf.h"
#include "event.bpf.h"
#include "tcp_flow.bpf.h"
#include "tcpconnect.h"

const volatile bool counting;	/* instead of reporting each */
const volatile bool with_lport; /* the tracepoint knows the local port only at the next change */

BPF_HASH(counts, struct tcp_flow, u64);

static inline void report(void *ctx, struct event *event)
{
	struct tcp_flow *flow = &event->tcp.flow;

	if (tcp_flow_is_unwanted(flow))
		return;
	if (counting) {
		flow->lport = flow->netns = 0;
		count_add(counts, flow, 1);
	} else {
		event_send(ctx, event, sizeof(*event));
	}
}

/* ---- at the change of state ---- */

/* connections by their socket, from the state that begins them to the next one */
BEGUN_TABLE(u64, struct event, begun, 10240);

int tracepoint__sock__inet_sock_set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	struct event event = {};
	u64 socket = (u64)sk;

	if (ctx->protocol != PROTOCOL_TCP)
		return 0;
	if (with_lport && ctx->oldstate == STATE_SYN_SENT) {
		struct event *first = begun.lookup(&socket);

		if (first) {
			event = *first;
			event.tcp.flow.lport = ctx->sport;
			begun_take(begun, &socket);
			report(ctx, &event);
		}
		return 0;
	}
	if (ctx->newstate != STATE_SYN_SENT || current_is_unwanted())
		return 0;
	event_task(&event.tcp.task);
	tcp_flow_of_change(&event.tcp.flow, sk, ctx);
	if (with_lport)
		begun_put(begun, &socket, &event);
	else
		report(ctx, &event);
	return 0;
}

/* ---- by the functions that connect ---- */

/* the socket that each thread is connecting */
BPF_HASH(connecting, u32, struct sock *);

static inline int enter(struct sock *sk)
{
	u32 tid = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && connecting.update(&tid, &sk))
		event_missed();
	return 0;
}

/* An IPv6 socket to a mapped IPv4 address is connected by tcp_v4_connect() within tcp_v6_connect(): reported
 * once. */
static inline int leave(struct pt_regs *ctx)
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
	event_task(&event.tcp.task);
	tcp_flow_of_sock(&event.tcp.flow, sk);
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
	return leave(ctx);
}

int kretprobe__tcp_v6_connect(struct pt_regs *ctx)
{
	return leave(ctx);
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
