/* SPDX-License-Identifier: Apache-2.0 */
/* What mountsnoop.bpf.c reports to mountsnoop.c. */
#ifndef TOOLS_MOUNTSNOOP_H
#define TOOLS_MOUNTSNOOP_H

#include "event.h"

#define STRING_SIZE 4096	       /* of one string, with its NUL */
#define STRINGS_SIZE (3 * STRING_SIZE) /* of all but the last */

enum { MOUNT, UMOUNT, FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT, FSPICK, OPEN_TREE, MOUNT_SETATTR, PIVOT_ROOT };

enum { ARGUMENTS = 5 };

/* ends after the strings */
struct event {
	struct event_task task;
	char pcomm[16];
	uint64_t arguments[ARGUMENTS];
	uint64_t delay; /* nanoseconds */
	int64_t ret;
	uint32_t call;
	uint32_t mnt_ns;
	uint32_t strings; /* bit 1 << i: argument i is one of them */
	uint32_t size;	  /* of the strings, in their order, each with its NUL */
	char text[STRINGS_SIZE + STRING_SIZE];
};

#endif
