/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpconnlat.bpf.c reports to tcpconnlat.c. */
#ifndef TOOLS_TCPCONNLAT_H
#define TOOLS_TCPCONNLAT_H

#include "tcp_flow.h"

struct event {
	struct tcp_event tcp;
	uint64_t delay; /* nanoseconds */
	uint32_t error; /* an errno, or 0 */
	uint32_t failed;
};

#endif
