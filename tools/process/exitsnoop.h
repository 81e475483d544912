/* SPDX-License-Identifier: Apache-2.0 */
/* What exitsnoop.bpf.c reports to exitsnoop.c. */
#ifndef TOOLS_EXITSNOOP_H
#define TOOLS_EXITSNOOP_H

#include "event.h"

struct event {
	struct event_task task;
	uint64_t age;	  /* nanoseconds since it was started */
	uint32_t code;	  /* as of wait(): the signal, 0x80 for a core dump, the exit code shifted by 8 */
	uint32_t threads; /* that are left */
};

#endif
