/* SPDX-License-Identifier: Apache-2.0 */
/* Each listen() on a socket of the Internet, looked at on return. */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "netns.bpf.h"
#include "socket.bpf.h"
#include "solisten.h"
#include "syscall.bpf.h"

#include <net/inet_sock.h>

const volatile bool with_errors; /* calls that failed, too */

struct call {
	s32 fd;
	s32 backlog;
};

BPF_HASH(calls, u64, struct call, 10240);

SYSCALL_ENTER(listen)
{
	struct call call = {.fd = ARGUMENT(0), .backlog = ARGUMENT(1)};
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && calls.update(&id, &call))
		event_missed();
	return 0;
}

static inline void report(void *ctx, struct sock *sk, const struct call *call, long ret)
{
	struct event event = {.asked = call->backlog, .ret = ret};

	event.netns = netns_number(sk->__sk_common.skc_net.net);
	if (netns_is_unwanted(event.netns))
		return;
	event_task(&event.task);
	if (sk->__sk_common.skc_family == SOCKET_IPV4) {
		event.family = 4;
		__builtin_memcpy(event.address, &sk->__sk_common.skc_rcv_saddr, 4);
	} else {
		event.family = 6;
		__builtin_memcpy(event.address, &sk->__sk_common.skc_v6_rcv_saddr, 16);
	}
	event.port = bpf_ntohs(((struct inet_sock *)sk)->inet_sport);
	event.protocol = sk->sk_protocol;
	/* as much as the system allows; MPTCP keeps it elsewhere */
	event.backlog = ret || !sk->sk_max_ack_backlog ? call->backlog : sk->sk_max_ack_backlog;
	event_send(ctx, &event, sizeof(event));
}

SYSCALL_EXIT(listen)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct sock *sk;

	if (!call)
		return 0;
	sk = internet_socket_of(call->fd);
	if (sk && (!RESULT || with_errors))
		report(ctx, sk, call, RESULT);
	calls.delete(&id);
	return 0;
}
