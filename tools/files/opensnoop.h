/* SPDX-License-Identifier: Apache-2.0 */
/* What opensnoop.bpf.c reports to opensnoop.c. */
#ifndef TOOLS_OPENSNOOP_H
#define TOOLS_OPENSNOOP_H

#include "event.h"

#define PATH_SIZE 4096 /* PATH_MAX */

/* ends after the text: the path, followed by the names of its directories from the innermost up, each with
 * its NUL */
struct event {
	struct event_task task;
	int ret;
	uint32_t flags;
	uint32_t path_size;
	uint32_t text_size;
	uint32_t has_folders;
	uint32_t cut; /* the directories are only the innermost */
	char text[2 * PATH_SIZE];
};

#endif
