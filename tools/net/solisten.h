/* SPDX-License-Identifier: Apache-2.0 */
/* What solisten.bpf.c reports to solisten.c. */
#ifndef TOOLS_SOLISTEN_H
#define TOOLS_SOLISTEN_H

#include "event.h"

struct event {
	struct event_task task;
	uint8_t address[16]; /* 4 bytes if the family is 4, and zeros */
	int32_t backlog;     /* of the socket */
	int32_t asked;	     /* of the call */
	int32_t ret;
	uint32_t netns;
	uint16_t port;
	uint16_t protocol;
	uint16_t family; /* 4 or 6 */
	uint16_t unused;
};

#endif
