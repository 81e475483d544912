/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpconnect.bpf.c reports to tcpconnect.c. */
#ifndef TOOLS_TCPCONNECT_H
#define TOOLS_TCPCONNECT_H

#include "tcp_flow.h"

struct event {
	struct tcp_event tcp;
};

/* an entry of the table `counts` */
struct count {
	struct tcp_flow flow; /* without the local port and the namespace */
	uint64_t connects;
};

#endif
