/* SPDX-License-Identifier: Apache-2.0 */
/* What statsnoop.bpf.c reports to statsnoop.c. */
#ifndef TOOLS_STATSNOOP_H
#define TOOLS_STATSNOOP_H

#include "event.h"

enum { STAT, LSTAT, FSTATAT, STATX, STATFS };

/* ends after the path */
struct event {
	struct event_task task;
	int32_t ret;
	uint32_t call;
	uint32_t size; /* of the path, with its NUL */
	char path[4096];
};

#endif
