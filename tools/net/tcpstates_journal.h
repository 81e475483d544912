/* SPDX-License-Identifier: Apache-2.0 */
/* tcpstates -Y: changes of state as entries of systemd's journal. */
#ifndef TOOLS_TCPSTATES_JOURNAL_H
#define TOOLS_TCPSTATES_JOURNAL_H

#include "tcp_flow.h"

struct journal_change {
	const struct tcp_event *tcp;
	const char *oldstate, *newstate;
	uint64_t changed; /* into the old state; 0: not known */
};

/* Returns 0, or a negative errno after it has said why. */
int journal_open(void);
void journal_close(void);

void journal_send(const struct journal_change *change);

#endif
