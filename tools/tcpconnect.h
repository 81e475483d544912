/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpconnect.bpf.c reports to tcpconnect.c. */
#ifndef TOOLS_TCPCONNECT_H
#define TOOLS_TCPCONNECT_H

#include <stdint.h>

struct flow {
	uint8_t saddr[16];
	uint8_t daddr[16];
	uint16_t dport;
	uint16_t family; /* 4 or 6 */
	uint32_t unused;
};

struct event {
	uint64_t time;
	struct flow flow;
	uint32_t pid;
	uint32_t uid;
	uint32_t lport;
	char comm[16];
};

#endif
