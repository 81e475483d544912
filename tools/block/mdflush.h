/* SPDX-License-Identifier: Apache-2.0 */
/* What mdflush.bpf.c reports to mdflush.c. */
#ifndef TOOLS_MDFLUSH_H
#define TOOLS_MDFLUSH_H

#include "event.h"

struct event {
	struct event_task task;
	uint64_t sector; /* of what is written too */
	uint32_t bytes;	 /* that are written too; mostly 0 */
	uint32_t device;
};

#endif
