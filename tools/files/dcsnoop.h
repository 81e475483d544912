/* SPDX-License-Identifier: Apache-2.0 */
/* What dcsnoop.bpf.c reports to dcsnoop.c. */
#ifndef TOOLS_DCSNOOP_H
#define TOOLS_DCSNOOP_H

#include "event.h"

#define DCSNOOP_NAME 256 /* NAME_MAX and a NUL */

struct event {
	struct event_task task;
	char type[2];
	char name[DCSNOOP_NAME];
};

#endif
