/* SPDX-License-Identifier: Apache-2.0 */
/* What sofdsnoop.bpf.c reports to sofdsnoop.c. */
#ifndef TOOLS_SOFDSNOOP_H
#define TOOLS_SOFDSNOOP_H

#include "event.h"

enum { SEND, RECEIVE };

/* What the kernel calls a file in /proc/PID/fd. */
enum {
	FILE_UNKNOWN,
	FILE_PATH,	/* the names of its path */
	FILE_ANONYMOUS, /* "anon_inode:" and a name */
	FILE_PSEUDO,	/* "/", a name, " (deleted)": a file that no directory has, such as a memfd */
	FILE_NAMESPACE, /* a name and the inode */
	FILE_SOCKET,	/* "socket:" and the inode */
	FILE_PIPE,	/* "pipe:" and the inode */
	FILE_PIDFD,
};

enum { PATH_SIZE = 4096 };

/* One descriptor. Ends after the text. */
struct event {
	struct event_task task;
	uint64_t socket_inode;
	uint64_t inode;
	int32_t socket;
	int32_t fd;
	uint32_t action;
	uint32_t kind;
	uint32_t deleted;
	uint32_t cut;  /* the names of the path are only the innermost */
	uint32_t size; /* of the text, of which each name has its NUL */
	uint32_t unused;
	char text[PATH_SIZE];
};

#endif
