/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpstates.bpf.c reports to tcpstates.c. */
#ifndef TOOLS_TCPSTATES_H
#define TOOLS_TCPSTATES_H

#include "tcp_flow.h"

struct event {
	struct tcp_event tcp;
	uint64_t sock;
	uint64_t changed; /* into the old state; 0: before the tool */
	uint32_t oldstate;
	uint32_t newstate;
	uint32_t current_pid; /* who was running */
	uint32_t unused;
	char current_comm[16];
};

#endif
