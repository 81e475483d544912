/* SPDX-License-Identifier: Apache-2.0 */
/* Each bind() of a socket of the Internet, looked at on return: where it is bound, or where it was to be. */
#include "bindsnoop.h"
#include "count.bpf.h"
#include "event.bpf.h"
#include "filter.bpf.h"
#include "netns.bpf.h"
#include "socket.bpf.h"
#include "syscall.bpf.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/version.h>
#include <net/inet_sock.h>

#define SOCKADDR_IN6_LEAST 24 /* SIN6_LEN_RFC2133 of net/ipv6.h */

const volatile struct filter_numbers ports;
const volatile bool with_errors; /* calls that failed, too */
const volatile bool counting;	 /* instead of reporting each */

struct call {
	s32 fd;
	s32 size;
	const void *address;
};

BPF_HASH(calls, u64, struct call, 10240);
BPF_HASH(counts, struct place, u64, 65536);

SYSCALL_ENTER(bind)
{
	struct call call = {.fd = ARGUMENT(0), .address = (const void *)ARGUMENT(1), .size = ARGUMENT(2)};
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && calls.update(&id, &call))
		event_missed();
	return 0;
}

static inline void read_place(struct place *place, struct sock *sk)
{
	if (sk->__sk_common.skc_family == SOCKET_IPV4) {
		place->family = 4;
		__builtin_memcpy(place->address, &sk->__sk_common.skc_rcv_saddr, 4);
	} else {
		place->family = 6;
		__builtin_memcpy(place->address, &sk->__sk_common.skc_v6_rcv_saddr, 16);
	}
	place->port = bpf_ntohs(((struct inet_sock *)sk)->inet_sport);
}

/* What the process asked for; nothing is set if it was no address. */
static inline void read_wish(struct place *place, const struct call *call)
{
	struct sockaddr_in6 wish = {};

	if (call->size < (s32)sizeof(struct sockaddr_in))
		return;
	bpf_probe_read_user(&wish, call->size < (s32)sizeof(wish) ? sizeof(struct sockaddr_in) : sizeof(wish),
		call->address);
	if (wish.sin6_family == SOCKET_IPV4) {
		place->family = 4;
		__builtin_memcpy(place->address, &((struct sockaddr_in *)&wish)->sin_addr, 4);
	} else if (wish.sin6_family == SOCKET_IPV6 && call->size >= SOCKADDR_IN6_LEAST) {
		place->family = 6;
		__builtin_memcpy(place->address, &wish.sin6_addr, 16);
	} else {
		return;
	}
	place->port = bpf_ntohs(wish.sin6_port);
}

static inline u8 options_of(struct sock *sk)
{
	struct inet_sock *inet = (struct inet_sock *)sk;
	u8 options = 0;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	u64 flags = inet->inet_flags;

	options |= flags & 1ULL << INET_FLAGS_FREEBIND ? FREEBIND : 0;
	options |= flags & 1ULL << INET_FLAGS_TRANSPARENT ? TRANSPARENT : 0;
	options |= flags & 1ULL << INET_FLAGS_BIND_ADDRESS_NO_PORT ? BIND_ADDRESS_NO_PORT : 0;
#else
	options |= inet->freebind ? FREEBIND : 0;
	options |= inet->transparent ? TRANSPARENT : 0;
	options |= inet->bind_address_no_port ? BIND_ADDRESS_NO_PORT : 0;
#endif
	options |= sk->__sk_common.skc_reuse ? REUSE_ADDRESS : 0;
	options |= sk->__sk_common.skc_reuseport ? REUSE_PORT : 0;
	return options;
}

static inline void report(void *ctx, struct sock *sk, const struct call *call, long ret)
{
	struct event event = {.ret = ret};

	if (ret)
		read_wish(&event.place, call);
	else
		read_place(&event.place, sk);
	event.netns = netns_number(sk->__sk_common.skc_net.net);
	if (netns_is_unwanted(event.netns) || (ports.count && filter_refuses(&ports, event.place.port)))
		return;
	if (counting) {
		count_add(counts, &event.place, 1);
		return;
	}
	event_task(&event.task);
	event.interface = sk->__sk_common.skc_bound_dev_if;
	event.protocol = sk->sk_protocol;
	event.options = options_of(sk);
	event_send(ctx, &event, sizeof(event));
}

SYSCALL_EXIT(bind)
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
