/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpcong.bpf.c and tcpcong.c share. */
#ifndef TOOLS_TCPCONG_H
#define TOOLS_TCPCONG_H

#include "endpoints.h"

/* as the kernel's enum tcp_ca_state has them */
enum { OPEN, DISORDER, CWR, RECOVERY, LOSS, STATES };

/* ports from one to another; 0: all */
struct ports {
	uint32_t from, to;
};

struct times {
	uint64_t changes;
	uint64_t ns[STATES]; /* that the connection has been in each state */
	uint64_t since;	     /* bpf_ktime_get_ns() of the last change */
	uint64_t socket;     /* the same ends may belong to another one later */
	uint32_t state;
	uint32_t unused;
};

/* an entry of the table `flows` */
struct event {
	struct endpoints ends;
	struct times times;
};

#endif
