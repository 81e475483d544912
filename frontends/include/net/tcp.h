#pragma once
#include <net/sock.h>
#define tcp_sk(sk) ((struct tcp_sock *)(sk))
