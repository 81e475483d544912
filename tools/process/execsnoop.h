/* SPDX-License-Identifier: Apache-2.0 */
/* What execsnoop.bpf.c reports to execsnoop.c. */
#ifndef TOOLS_EXECSNOOP_H
#define TOOLS_EXECSNOOP_H

#include "event.h"

#define ARG_SIZE 1024	/* of one argument, with its NUL */
#define TEXT_SIZE 15360 /* of all */

/* ends after the text */
struct event {
	struct event_task task;
	int ret;
	uint32_t truncated; /* there are more arguments */
	uint32_t size;	    /* of the arguments, one after another, each with its NUL */
	char text[TEXT_SIZE + ARG_SIZE];
};

#endif
