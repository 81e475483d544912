/* SPDX-License-Identifier: Apache-2.0 */
/* Where the numbers of tcp_bytes.bpf.h come from. */
#ifndef TOOLS_NET_TCP_BYTES_H
#define TOOLS_NET_TCP_BYTES_H

#define TCP_BYTES_SENT_SOURCE                                                                                \
	{.name = "tracepoint sock:sock_send_length", .programs = "raw_tracepoint__sock_send_length"},        \
		{.name = "fexit on tcp_sendmsg and tcp_sendpage",                                            \
			.programs = "kretfunc__vmlinux__tcp_sendmsg kretfunc__vmlinux__tcp_sendpage"}
#define TCP_BYTES_SOURCES                                                                                    \
	{.name = "tracepoints sock:sock_send_length and sock:sock_recv_length",                              \
		.programs = "raw_tracepoint__sock_send_length raw_tracepoint__sock_recv_length"},            \
		{.name = "fexit on tcp_sendmsg, tcp_sendpage and tcp_recvmsg",                               \
			.programs = "kretfunc__vmlinux__tcp_sendmsg kretfunc__vmlinux__tcp_sendpage "        \
				    "kretfunc__vmlinux__tcp_recvmsg"}

#define TCP_BYTES_DETAILS                                                                                       \
	"Bytes are those that the calls really moved, without headers and without what is sent again. Peeking " \
	"does not count. What the kernel's own users take from sockets without a call for messages, such as "   \
	"splice() from a socket, zero-copy receiving and the subflows of MPTCP, is not seen."

#endif
