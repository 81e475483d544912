/* SPDX-License-Identifier: Apache-2.0 */
/* Something that was done to a file and took long: what slow_file.bpf.h reports to slow_file_columns.h. */
#ifndef TOOLS_SLOW_FILE_H
#define TOOLS_SLOW_FILE_H

#include "event.h"

#define NAMES_SIZE 4096

/* ends after the names: that of the file, and with the path those of its directories, each with its NUL */
struct event {
	struct event_task task; /* when it ended */
	uint64_t delay;		/* nanoseconds */
	uint64_t offset;
	uint64_t inode;
	char type[16]; /* of file system */
	int64_t ret;   /* bytes, 0, or a negative errno */
	uint32_t what; /* OPERATION_… */
	uint32_t cut;  /* the directories are only the innermost */
	uint32_t size; /* of the names */
	char names[NAMES_SIZE];
};

#endif
