/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpaccept.bpf.c reports to tcpaccept.c. */
#ifndef TOOLS_TCPACCEPT_H
#define TOOLS_TCPACCEPT_H

#include "tcp_flow.h"

struct event {
	struct tcp_event tcp;
};

#endif
