/* SPDX-License-Identifier: Apache-2.0 */
/* What sslsniff.bpf.c reports to sslsniff.c. */
#ifndef TOOLS_SSLSNIFF_H
#define TOOLS_SSLSNIFF_H

#include "event.h"

#define SSLSNIFF_MOST 32768 /* bytes of a call that can be shown */

enum sslsniff_kind { SSLSNIFF_READ, SSLSNIFF_WRITE, SSLSNIFF_HANDSHAKE };

struct event {
	struct event_task task;
	uint64_t delay;	 /* nanoseconds that the call took */
	uint64_t length; /* of the data */
	uint32_t copied; /* bytes of `data` */
	uint32_t kind;
	char data[SSLSNIFF_MOST];
};

#endif
