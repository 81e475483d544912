/* SPDX-License-Identifier: Apache-2.0 */
/* What gethostlatency.bpf.c reports to gethostlatency.c. */
#ifndef TOOLS_GETHOSTLATENCY_H
#define TOOLS_GETHOSTLATENCY_H

#include "event.h"

enum { GETADDRINFO, GETHOSTBYNAME, GETHOSTBYNAME2, GETHOSTBYNAME_R, GETHOSTBYNAME2_R };

struct event {
	struct event_task task;
	uint64_t delay; /* nanoseconds */
	uint32_t function;
	int32_t error;	/* of getaddrinfo(): EAI_…; of the others, which say more elsewhere: 1 */
	char host[256]; /* names have at most 255 bytes */
};

#endif
