/* SPDX-License-Identifier: Apache-2.0 */
/* What tcppktlat.bpf.c reports to tcppktlat.c. */
#ifndef TOOLS_TCPPKTLAT_H
#define TOOLS_TCPPKTLAT_H

#include "tcp_flow.h"

struct event {
	struct tcp_event tcp;
	uint64_t delay; /* nanoseconds */
};

#endif
