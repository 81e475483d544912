/* SPDX-License-Identifier: Apache-2.0 */
/* What bindsnoop.bpf.c reports to bindsnoop.c. */
#ifndef TOOLS_BINDSNOOP_H
#define TOOLS_BINDSNOOP_H

#include "event.h"

/* an address and port that a socket is bound to */
struct place {
	uint8_t address[16]; /* 4 bytes if the family is 4, and zeros */
	uint16_t port;
	uint16_t family; /* 4 or 6 */
	uint32_t unused;
};

/* in the order of the letters FTNRr */
enum {
	FREEBIND = 1 << 0,
	TRANSPARENT = 1 << 1,
	BIND_ADDRESS_NO_PORT = 1 << 2,
	REUSE_ADDRESS = 1 << 3,
	REUSE_PORT = 1 << 4,
};

struct event {
	struct event_task task;
	struct place place;
	int32_t ret;
	uint32_t netns;
	uint32_t interface;
	uint16_t protocol;
	uint8_t options;
	uint8_t unused;
};

/* an entry of the table `counts` */
struct count {
	struct place place;
	uint64_t binds;
};

#endif
