/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpconnect.bpf.c reports to tcpconnect.c. */
#ifndef TOOLS_TCPCONNECT_H
#define TOOLS_TCPCONNECT_H

#include "event.h"

struct flow {
	uint8_t saddr[16];
	uint8_t daddr[16];
	uint16_t dport;
	uint16_t family; /* 4 or 6 */
	uint32_t unused;
};

struct event {
	struct event_task task;
	struct flow flow;
	uint32_t lport;
	uint32_t unused;
};

/* an entry of the table `counts` */
struct count {
	struct flow flow;
	uint64_t connects;
};

#endif
