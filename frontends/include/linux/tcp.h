#pragma once
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#define tcp_sk(sk) ((struct tcp_sock *)(sk))
