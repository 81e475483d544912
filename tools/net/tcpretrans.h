/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpretrans.bpf.c reports to tcpretrans.c. */
#ifndef TOOLS_TCPRETRANS_H
#define TOOLS_TCPRETRANS_H

#include "endpoints.h"

/* as the column T shows it */
enum { RETRANSMIT = 'R', LOSS_PROBE = 'L', SYN_ACK = 'S' };

struct event {
	uint64_t time;
	struct endpoints ends;
	uint32_t pid; /* that the CPU was executing */
	uint32_t uid; /* of the socket's owner */
	uint32_t netns;
	uint32_t seq;
	uint8_t type;
	uint8_t state;
	uint8_t unused[6];
};

/* an entry of the table `counts` */
struct count {
	struct endpoints ends;
	uint64_t number;
};

#endif
