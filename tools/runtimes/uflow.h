/* SPDX-License-Identifier: Apache-2.0 */
/* What uflow.bpf.c reports to uflow.c. */
#ifndef TOOLS_UFLOW_H
#define TOOLS_UFLOW_H

#include "event.h"
#include "method.h"

struct event {
	struct event_task task;
	uint32_t cpu;
	uint32_t depth; /* of the call: 1 is the first one that was seen */
	uint32_t is_return;
	uint32_t unused;
	struct method method;
};

#endif
