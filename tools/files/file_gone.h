/* SPDX-License-Identifier: Apache-2.0 */
/* What filegone.bpf.c and filelife.bpf.c report. */
#ifndef TOOLS_FILE_GONE_H
#define TOOLS_FILE_GONE_H

#include "event.h"

#define PATH_SIZE 4096 /* PATH_MAX */

enum { DELETED, RENAMED, CREATED };

/* A path: its text and NUL, followed by the names of the directories that it starts from. */
struct event_path {
	uint32_t size;
	uint32_t folders; /* bytes of their names */
	uint32_t has_folders;
	uint32_t cut; /* the directories are only the innermost */
};

/* ends after the texts of both paths */
struct event {
	struct event_task task;
	uint64_t birth; /* when a file that is deleted was created; 0: not known here */
	uint32_t mount_namespace;
	uint32_t action;
	uint32_t size;		    /* of the text */
	struct event_path paths[2]; /* of a file that is deleted, the first one */
	char text[4 * PATH_SIZE];
};

#endif
