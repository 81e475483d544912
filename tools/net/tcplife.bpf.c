/* SPDX-License-Identifier: Apache-2.0 */
/* The end of each TCP connection, with how long it lasted and how many bytes it carried. */
#include "tcp_socket.bpf.h"
#include "tcplife.h"

#include <linux/tcp.h>

#define FIN_RECEIVED 1 /* SOCK_DONE, a bit's number */

/* Bytes of the user: the kernel counts a FIN as one that arrived, and what it sent once more twice. */
static inline void count_bytes(struct event *event, struct tcp_sock *tp)
{
	bool fin = ((struct sock *)tp)->__sk_common.skc_flags >> FIN_RECEIVED & 1;

	event->sent = tp->bytes_sent - tp->bytes_retrans;
	event->received = tp->bytes_received - fin;
}

int tracepoint__sock__inet_sock_set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	struct tcp_socket *socket;
	struct event event = {};

	/* sockets that listen are no connections */
	if (ctx->newstate == STATE_LISTEN ||
		(ctx->newstate == STATE_CLOSE &&
			(ctx->oldstate == STATE_LISTEN || ctx->oldstate == STATE_CLOSE)))
		return 0;
	socket = tcp_socket_of_change(sk, ctx);
	if (!socket)
		return 0;
	if (ctx->newstate < STATE_FIN_WAIT1)
		socket->begun = bpf_ktime_get_ns();
	if (ctx->newstate != STATE_CLOSE)
		return 0;
	tcp_flow_of_change(&event.tcp.flow, sk, ctx);
	if (!socket->unwanted && !tcp_flow_is_unwanted(&event.tcp.flow)) {
		event.tcp.task = socket->owner;
		event.tcp.task.time = bpf_ktime_get_ns();
		event.begun = socket->begun;
		count_bytes(&event, (struct tcp_sock *)sk);
		event_send(ctx, &event, sizeof(event));
	}
	tcp_socket_remove(sk);
	return 0;
}

SYSCALL_EXIT(accept)
{
	return tcp_socket_accepted(RESULT);
}

SYSCALL_EXIT(accept4)
{
	return tcp_socket_accepted(RESULT);
}
