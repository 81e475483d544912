/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a connection. For BPF texts and for C. */
#ifndef TOOLS_NET_ENDPOINTS_H
#define TOOLS_NET_ENDPOINTS_H

#include <stdint.h>

struct endpoints {
	uint8_t laddr[16]; /* local; 4 bytes if the family is 4, and zeros */
	uint8_t raddr[16]; /* of the other side */
	uint16_t lport, rport;
	uint16_t family; /* 4 or 6 */
	uint16_t unused;
};

#endif
