/* SPDX-License-Identifier: Apache-2.0 */
/* A query that a database server has answered. For the BPF text and for C. */
#ifndef TOOLS_DATABASES_QUERY_H
#define TOOLS_DATABASES_QUERY_H

#include "event.h"

#define QUERY_SIZE 4096 /* longer ones are cut */

struct event {
	struct event_task task;
	uint64_t begin;
	uint64_t delay;	 /* nanoseconds */
	uint64_t length; /* of the text, with its NUL; 0: it could not be read */
	char text[QUERY_SIZE];
};

#endif
