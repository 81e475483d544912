/* SPDX-License-Identifier: Apache-2.0 */
/* What tcplife.bpf.c reports to tcplife.c. */
#ifndef TOOLS_TCPLIFE_H
#define TOOLS_TCPLIFE_H

#include "tcp_flow.h"

struct event {
	struct tcp_event tcp;
	uint64_t begun; /* 0: before the tool */
	uint64_t sent;	/* bytes */
	uint64_t received;
};

#endif
