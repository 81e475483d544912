/* SPDX-License-Identifier: Apache-2.0 */
/* What events about TCP begin with. For the BPF texts and for C. */
#ifndef TOOLS_TCP_FLOW_H
#define TOOLS_TCP_FLOW_H

#include "event.h"

/* net/tcp_states.h of the kernel, whose enum has no name */
enum {
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT = 2,
	STATE_SYN_RECV = 3,
	STATE_FIN_WAIT1 = 4,
	STATE_CLOSE = 7,
	STATE_CLOSE_WAIT = 8,
	STATE_LAST_ACK = 9,
	STATE_LISTEN = 10,
};

struct tcp_flow {
	uint8_t laddr[16]; /* 4 bytes of it if the family is 4, the rest zero */
	uint8_t raddr[16];
	uint16_t lport;
	uint16_t rport;
	uint32_t family; /* 4, also through an IPv6 socket, or 6 */
	uint32_t netns;	 /* inode number of the network namespace */
	uint32_t unused;
};

/* The first member of a struct event. */
struct tcp_event {
	struct event_task task; /* pid 0: not known */
	struct tcp_flow flow;
};

#endif
