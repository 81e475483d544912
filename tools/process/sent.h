/* SPDX-License-Identifier: Apache-2.0 */
/* What killsnoop.bpf.c reports to killsnoop.c, and sigsnoop.bpf.c to sigsnoop.c. */
#ifndef TOOLS_SENT_H
#define TOOLS_SENT_H

#include "event.h"

enum { KILL, TKILL, TGKILL, SIGQUEUE, TGSIGQUEUE, PIDFD_SEND_SIGNAL, NO_CALL };

struct event {
	struct event_task task;
	int32_t ret;
	int32_t signal;
	int32_t target; /* as the sender gave it: negative ones are process groups, and of pidfds the fd */
	uint32_t call;
	/* of sigsnoop */
	int32_t code;	/* si_code */
	int32_t fate;	/* of the tracepoint; -1: not known */
	char tcomm[16]; /* "": not known */
};

#endif
