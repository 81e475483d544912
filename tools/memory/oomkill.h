/* SPDX-License-Identifier: Apache-2.0 */
/* What oomkill.bpf.c reports to oomkill.c. */
#ifndef TOOLS_OOMKILL_H
#define TOOLS_OOMKILL_H

#include "event.h"

/* of struct oom_control */
enum { CONSTRAINT_UNKNOWN = -1, CONSTRAINT_ALL, CONSTRAINT_CPUS, CONSTRAINT_POLICY, CONSTRAINT_CGROUP };

struct event {
	struct event_task task; /* that needed memory */
	uint64_t pages;		/* that there are in all; 0: not known */
	int64_t rss;		/* pages of the victim; -1: not known */
	uint32_t target;	/* the victim's process */
	uint32_t target_uid;
	int32_t constraint;
	int32_t adjustment; /* oom_score_adj */
	uint32_t has_task;  /* what follows and the two above are known */
	uint32_t unused;
	char target_comm[16];
	char cgroup[128];
};

#endif
