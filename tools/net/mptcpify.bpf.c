/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that processes open for TCP are opened for Multipath TCP: the kernel asks which protocol it is to
 * be, since Linux 6.6. */
#include "mptcpify.h"
#include "event.bpf.h"
#include "filter.bpf.h"

/* linux/socket.h, linux/net.h, linux/in.h */
#define AF_INET 2
#define AF_INET6 10
#define SOCK_TYPE_MASK 0xf
#define SOCK_STREAM 1
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

KMOD_RET(update_socket_protocol, int family, int type, int protocol, int result)
{
	struct event event = {.version = family == AF_INET ? 4 : 6};

	/* 0: the kernel decides, as if nobody had been asked */
	if ((family != AF_INET && family != AF_INET6) || (type & SOCK_TYPE_MASK) != SOCK_STREAM ||
		(protocol && protocol != IPPROTO_TCP) || current_is_unwanted())
		return 0;
	event_task(&event.task);
	event_send(ctx, &event, sizeof(event));
	return IPPROTO_MPTCP;
}
