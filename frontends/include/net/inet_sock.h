/* The kernel's names for members of struct sock_common inside struct inet_sock: include/net/inet_sock.h */
#pragma once
#include <linux/socket.h>
#define inet_sk(sk) ((struct inet_sock *)(sk))
#define inet_daddr sk.__sk_common.skc_daddr
#define inet_rcv_saddr sk.__sk_common.skc_rcv_saddr
#define inet_dport sk.__sk_common.skc_dport
#define inet_num sk.__sk_common.skc_num
