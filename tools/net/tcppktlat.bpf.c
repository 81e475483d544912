/* SPDX-License-Identifier: Apache-2.0 */
/* How long data waits in a TCP socket: from the segment that brings it to the call that reads it. */
#include "begun.bpf.h"
#include "event.bpf.h"
#include "tcp_flow.bpf.h"
#include "tcppktlat.h"

#include <linux/tcp.h>

#define FLAG_FIN 1 /* TCPHDR_FIN */

const volatile u64 least_delay; /* nanoseconds */

/* since when sockets have had something to read; those that are forgotten are not shown */
BEGUN_TABLE(u64, u64, waiting, 10240);

/* Before the segment is taken in. What the socket has already, and what has to wait for a segment that is
 * missing, cannot be read, and nobody is late with it. */
RAW_TRACEPOINT_PROBE(tcp_probe)
{
	struct tcp_sock *sk = (struct tcp_sock *)ctx->args[0];
	struct sk_buff *skb = (struct sk_buff *)ctx->args[1];
	struct tcp_skb_cb *segment = (struct tcp_skb_cb *)skb->cb;
	u64 key = (u64)sk, now = bpf_ktime_get_ns();
	u32 expected = sk->rcv_nxt, end = segment->end_seq;

	if (segment->tcp_flags & FLAG_FIN)
		end--;
	if ((s32)(segment->seq - expected) > 0 || (s32)(end - expected) <= 0)
		return 0;
	if (!waiting.lookup(&key))
		begun_put(waiting, &key, &now);
	return 0;
}

RAW_TRACEPOINT_PROBE(tcp_rcv_space_adjust)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct event event = {};
	u64 key = (u64)sk, *since, begin;

	since = waiting.lookup(&key);
	if (!since)
		return 0;
	begin = *since;
	begun_take(waiting, &key);
	if (current_is_unwanted())
		return 0;
	event_task(&event.tcp.task);
	event.delay = event.tcp.task.time - begin;
	if (event.delay < least_delay)
		return 0;
	tcp_flow_of_sock(&event.tcp.flow, sk);
	if (!tcp_flow_is_unwanted(&event.tcp.flow))
		event_send(ctx, &event, sizeof(event));
	return 0;
}

RAW_TRACEPOINT_PROBE(tcp_destroy_sock)
{
	u64 key = ctx->args[0];

	begun_take(waiting, &key);
	return 0;
}
