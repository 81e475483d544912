/* SPDX-License-Identifier: Apache-2.0 */
/* What syncsnoop.bpf.c reports to syncsnoop.c. */
#ifndef TOOLS_SYNCSNOOP_H
#define TOOLS_SYNCSNOOP_H

#include "event.h"

enum { SYNC, FSYNC, FDATASYNC, MSYNC, SYNC_FILE_RANGE, SYNC_FILE_RANGE2, SYNCFS };

struct event {
	struct event_task task;
	uint64_t begin;
	uint64_t delay; /* nanoseconds */
	int32_t ret;
	int32_t fd; /* -1: the call takes none */
	uint32_t call;
	uint32_t unused;
	char file[256]; /* the last part of its name; "": not known */
};

#endif
