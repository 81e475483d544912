/* SPDX-License-Identifier: Apache-2.0 */
/* Each change of state of a TCP socket, with how long it was in the old one. */
#include "tcp_socket.bpf.h"
#include "tcpstates.h"

int tracepoint__sock__inet_sock_set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	struct tcp_socket *socket = tcp_socket_of_change(sk, ctx);
	struct event event = {};
	u64 now;

	if (!socket)
		return 0;
	now = bpf_ktime_get_ns();
	tcp_flow_of_change(&event.tcp.flow, sk, ctx);
	if (!socket->unwanted && !tcp_flow_is_unwanted(&event.tcp.flow)) {
		event.tcp.task = socket->owner;
		event.tcp.task.time = now;
		event.sock = (u64)sk;
		event.changed = socket->changed;
		event.oldstate = ctx->oldstate;
		event.newstate = ctx->newstate;
		event.current_pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(event.current_comm, sizeof(event.current_comm));
		event_send(ctx, &event, sizeof(event));
	}
	socket->changed = now;
	if (ctx->newstate == STATE_CLOSE)
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
