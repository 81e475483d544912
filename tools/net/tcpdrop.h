/* SPDX-License-Identifier: Apache-2.0 */
/* What tcpdrop.bpf.c reports to tcpdrop.c. */
#ifndef TOOLS_TCPDROP_H
#define TOOLS_TCPDROP_H

#include <stdint.h>

#include "stack_frames.h"

/* ends after the stack */
struct event {
	uint64_t time;
	uint8_t saddr[16], daddr[16]; /* of the packet; 4 bytes if the family is 4, and zeros */
	uint16_t sport, dport;
	uint32_t pid;	 /* that the CPU was executing */
	uint32_t netns;	 /* 0: not known */
	uint32_t reason; /* enum skb_drop_reason; 0: this kernel has none */
	uint32_t frames;
	uint8_t family; /* 4 or 6 */
	uint8_t state;	/* of the socket; 0: none, or not known */
	uint8_t flags;	/* byte 13 of the packet's TCP header */
	uint8_t unused;
	uint64_t stack[STACK_FRAMES];
};

#endif
