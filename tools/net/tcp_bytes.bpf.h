/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that processes send and receive over TCP: what the calls returned, and not what they were asked for.
 * Linux has tracepoints for that since 6.3; before, the functions are looked at. The text defines
 *
 *	static inline int tcp_bytes(struct sock *sk, s64 bytes, bool sent)
 *
 * and then TCP_BYTES_SENT and, if it wants to, TCP_BYTES_RECEIVED.
 */
#include <linux/socket.h>
#include <linux/version.h>
#include <net/sock.h>

/* netinet/in.h, sys/socket.h */
#define TCP_BYTES_PROTOCOL 6
#define TCP_BYTES_PEEK 0x2

static inline bool tcp_bytes_are_tcp(struct sock *sk)
{
	return sk->sk_protocol == TCP_BYTES_PROTOCOL;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define TCP_BYTES_SENT                                                                                       \
	RAW_TRACEPOINT_PROBE(sock_send_length)                                                               \
	{                                                                                                    \
		struct sock *sk = (struct sock *)ctx->args[0];                                               \
		int bytes = ctx->args[1];                                                                    \
                                                                                                             \
		return bytes > 0 && tcp_bytes_are_tcp(sk) ? tcp_bytes(sk, bytes, true) : 0;                  \
	}
#define TCP_BYTES_RECEIVED                                                                                   \
	RAW_TRACEPOINT_PROBE(sock_recv_length)                                                               \
	{                                                                                                    \
		struct sock *sk = (struct sock *)ctx->args[0];                                               \
		int bytes = ctx->args[1];                                                                    \
                                                                                                             \
		if (bytes <= 0 || ctx->args[2] & TCP_BYTES_PEEK || !tcp_bytes_are_tcp(sk))                   \
			return 0;                                                                            \
		return tcp_bytes(sk, bytes, false);                                                          \
	}
#else
#define TCP_BYTES_SENT                                                                                       \
	KRETFUNC_PROBE(tcp_sendmsg, struct sock *sk, struct msghdr *msg, size_t size, int bytes)             \
	{                                                                                                    \
		return bytes > 0 ? tcp_bytes(sk, bytes, true) : 0;                                           \
	}                                                                                                    \
	KRETFUNC_PROBE(tcp_sendpage, struct sock *sk, struct page *page, int offset, size_t size, int flags, \
		int bytes)                                                                                   \
	{                                                                                                    \
		return bytes > 0 ? tcp_bytes(sk, bytes, true) : 0;                                           \
	}
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
#define TCP_BYTES_RECVMSG                                                                                    \
	KRETFUNC_PROBE(tcp_recvmsg, struct sock *sk, struct msghdr *msg, size_t size, int flags,             \
		int *address_length, int bytes)
#else
#define TCP_BYTES_RECVMSG                                                                                    \
	KRETFUNC_PROBE(tcp_recvmsg, struct sock *sk, struct msghdr *msg, size_t size, int nonblock,          \
		int flags, int *address_length, int bytes)
#endif
#define TCP_BYTES_RECEIVED                                                                                   \
	TCP_BYTES_RECVMSG                                                                                    \
	{                                                                                                    \
		return bytes > 0 && !(flags & TCP_BYTES_PEEK) ? tcp_bytes(sk, bytes, false) : 0;             \
	}
#endif
