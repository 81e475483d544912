/* SPDX-License-Identifier: Apache-2.0 */
/* What bashreadline.bpf.c reports to bashreadline.c. */
#ifndef TOOLS_BASHREADLINE_H
#define TOOLS_BASHREADLINE_H

#include "event.h"

#define LINE_SIZE 4096

struct event {
	struct event_task task;
	uint32_t line_size; /* with the NUL; 0: not known; LINE_SIZE: this may be only its beginning */
	uint32_t unused;
	char line[LINE_SIZE];
};

#endif
