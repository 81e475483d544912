/* SPDX-License-Identifier: Apache-2.0 */
/* How long connecting takes: from the state that begins it to the one that ends it. */
#include "begun.bpf.h"
#include "event.bpf.h"
#include "tcp_flow.bpf.h"
#include "tcpconnlat.h"

const volatile u64 least_delay; /* nanoseconds */
const volatile bool with_failed;

/* who is connecting a socket, and since when; those that are forgotten are not shown */
BEGUN_TABLE(u64, struct event_task, connecting, 10240);

static inline void report(void *ctx, const struct event_task *begin, struct event *event)
{
	u64 now = bpf_ktime_get_ns();

	event->delay = now - begin->time;
	if (event->delay < least_delay || (event->failed && !with_failed) ||
		tcp_flow_is_unwanted(&event->tcp.flow))
		return;
	event->tcp.task = *begin;
	event->tcp.task.time = now;
	event_send(ctx, event, sizeof(*event));
}

int tracepoint__sock__inet_sock_set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	u32 newstate = ctx->newstate;
	struct event_task *begin;
	struct event event = {};
	u64 key = (u64)sk;

	if (ctx->protocol != PROTOCOL_TCP)
		return 0;
	if (newstate == STATE_SYN_SENT) {
		if (current_is_unwanted())
			return 0;
		event_task(&event.tcp.task);
		begun_put(connecting, &key, &event.tcp.task);
		return 0;
	}
	/* from SYN_RECV if both sides connect at the same time */
	if (newstate != STATE_ESTABLISHED && newstate != STATE_CLOSE)
		return 0;
	begin = connecting.lookup(&key);
	if (!begin)
		return 0;
	tcp_flow_of_change(&event.tcp.flow, sk, ctx);
	event.failed = newstate == STATE_CLOSE;
	if (event.failed)
		event.error = sk->sk_err;
	report(ctx, begin, &event);
	begun_take(connecting, &key);
	return 0;
}
