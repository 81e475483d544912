/* SPDX-License-Identifier: Apache-2.0 */
/* What mptcpify.bpf.c reports to mptcpify.c. */
#ifndef TOOLS_MPTCPIFY_H
#define TOOLS_MPTCPIFY_H

#include "event.h"

struct event {
	struct event_task task;
	uint32_t version; /* of IP: 4 or 6 */
	uint32_t unused;
};

#endif
