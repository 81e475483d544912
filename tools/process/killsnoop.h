/* SPDX-License-Identifier: Apache-2.0 */
/* What killsnoop.bpf.c reports to killsnoop.c. */
#ifndef TOOLS_KILLSNOOP_H
#define TOOLS_KILLSNOOP_H

#include "event.h"

enum { KILL, TKILL, TGKILL, SIGQUEUE, TGSIGQUEUE, PIDFD_SEND_SIGNAL };

struct event {
	struct event_task task;
	int32_t ret;
	int32_t signal;
	int32_t target; /* as the sender gave it: negative ones are process groups, and of pidfds the fd */
	uint32_t call;
};

#endif
