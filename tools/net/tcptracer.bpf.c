/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When TCP connections are established, accepted and closed. They end when this side says that it will send
 * no more, or when they break off, whichever is first.
 */
#include "tcp_socket.bpf.h"
#include "tcptracer.h"

/* tcp_socket.stage; 0: it began before the tool */
enum stage { CONNECTING = 1, ARRIVED, OPEN, ENDED };

static inline void report(void *ctx, u32 type, const struct tcp_flow *flow, const struct event_task *task)
{
	struct event event = {.tcp = {.flow = *flow, .task = *task}, .type = type};

	event.tcp.task.time = bpf_ktime_get_ns();
	event_send(ctx, &event, sizeof(event));
}

/* A connection that breaks off before it is established, or accepted, has not been shown. */
static inline bool is_end(const struct tcp_socket *socket, u32 oldstate, u32 newstate)
{
	if (socket->stage == ENDED)
		return false;
	if (newstate == STATE_FIN_WAIT1 || newstate == STATE_LAST_ACK)
		return true;
	return newstate == STATE_CLOSE && (oldstate == STATE_ESTABLISHED || oldstate == STATE_CLOSE_WAIT) &&
	       socket->stage != ARRIVED;
}

int tracepoint__sock__inet_sock_set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	struct tcp_socket *socket = tcp_socket_of_change(sk, ctx);
	u32 oldstate = ctx->oldstate, newstate = ctx->newstate;
	struct tcp_flow flow = {};
	bool connected, ends;

	if (!socket)
		return 0;
	connected = newstate == STATE_ESTABLISHED && socket->stage == CONNECTING;
	ends = is_end(socket, oldstate, newstate);
	if (connected || ends) {
		tcp_flow_of_change(&flow, sk, ctx);
		if (!socket->unwanted && !tcp_flow_is_unwanted(&flow))
			report(ctx, connected ? CONNECT : CLOSE, &flow, &socket->owner);
		socket->stage = connected ? OPEN : ENDED;
	} else if (newstate == STATE_SYN_SENT) {
		socket->stage = CONNECTING;
	} else if (oldstate == STATE_LISTEN) {
		socket->stage = ARRIVED;
	}
	if (newstate == STATE_CLOSE)
		tcp_socket_remove(sk);
	return 0;
}

static inline int accepted(void *ctx, struct sock *sk)
{
	struct tcp_socket *socket = sk ? tcp_socket_of_accepted(sk) : 0;
	struct tcp_flow flow = {};
	struct event_task task = {};

	if (!sk)
		return 0;
	if (socket)
		socket->stage = OPEN;
	tcp_flow_of_sock(&flow, sk);
	if (current_is_unwanted() || tcp_flow_is_unwanted(&flow))
		return 0;
	event_task(&task);
	report(ctx, ACCEPT, &flow, &task);
	return 0;
}

TCP_ACCEPT_PROGRAMS(accepted)
