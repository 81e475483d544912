/* SPDX-License-Identifier: Apache-2.0 */
/* Each segment that TCP sends again. */
#include "count.bpf.h"
#include "endpoints.bpf.h"
#include "event.bpf.h"
#include "netns.bpf.h"
#include "tcpretrans.h"

const volatile bool counting; /* instead of reporting each */

BPF_HASH(counts, struct endpoints, u64, 65536);

static inline int report(void *ctx, struct sock_common *sk, struct event *event)
{
	event->netns = netns_number(sk->skc_net.net);
	if (netns_is_unwanted(event->netns) || !endpoints_of(&event->ends, sk))
		return 0;
	if (counting) {
		count_add(counts, &event->ends, 1);
		return 0;
	}
	event->time = bpf_ktime_get_ns();
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->state = sk->skc_state;
	event_send(ctx, event, sizeof(*event));
	return 0;
}

RAW_TRACEPOINT_PROBE(tcp_retransmit_skb)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct sk_buff *skb = (struct sk_buff *)ctx->args[1];
	struct event event = {.type = RETRANSMIT};

	event.uid = sk->sk_uid.val;
	event.seq = ((struct tcp_skb_cb *)skb->cb)->seq;
	return report(ctx, &sk->__sk_common, &event);
}

RAW_TRACEPOINT_PROBE(tcp_retransmit_synack)
{
	struct sock *listener = (struct sock *)ctx->args[0];
	struct tcp_request_sock *request = (struct tcp_request_sock *)ctx->args[1];
	struct event event = {.type = SYN_ACK};

	event.uid = listener->sk_uid.val;
	event.seq = request->snt_isn;
	return report(ctx, (struct sock_common *)request, &event);
}

static inline int loss_probe(void *ctx, struct sock *sk)
{
	struct event event = {.type = LOSS_PROBE};

	event.uid = sk->sk_uid.val;
	event.seq = ((struct tcp_sock *)sk)->snd_nxt;
	return report(ctx, &sk->__sk_common, &event);
}

KFUNC_PROBE(tcp_send_loss_probe, struct sock *sk)
{
	return loss_probe(ctx, sk);
}

int kprobe__tcp_send_loss_probe(struct pt_regs *ctx, struct sock *sk)
{
	return loss_probe(ctx, sk);
}
