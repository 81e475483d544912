#pragma once
#include <linux/socket.h>
#define inet_sk(sk) ((struct inet_sock *)(sk))
