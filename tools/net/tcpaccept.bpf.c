/* SPDX-License-Identifier: Apache-2.0 */
/* Each TCP connection that is accepted. */
#include "event.bpf.h"
#include "tcp_accept.bpf.h"
#include "tcpaccept.h"

static inline int report(void *ctx, struct sock *sk)
{
	struct event event = {};

	if (!sk || current_is_unwanted())
		return 0;
	tcp_flow_of_sock(&event.tcp.flow, sk);
	if (tcp_flow_is_unwanted(&event.tcp.flow))
		return 0;
	event_task(&event.tcp.task);
	event_send(ctx, &event, sizeof(event));
	return 0;
}

TCP_ACCEPT_PROGRAMS(report)
