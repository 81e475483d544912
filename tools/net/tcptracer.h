/* SPDX-License-Identifier: Apache-2.0 */
/* What tcptracer.bpf.c reports to tcptracer.c. */
#ifndef TOOLS_TCPTRACER_H
#define TOOLS_TCPTRACER_H

#include "tcp_flow.h"

enum type { CONNECT, ACCEPT, CLOSE };

struct event {
	struct tcp_event tcp;
	uint32_t type;
	uint32_t unused;
};

#endif
