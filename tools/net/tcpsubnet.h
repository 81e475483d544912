/* SPDX-License-Identifier: Apache-2.0 */
/* The networks that tcpsubnet.c tells tcpsubnet.bpf.c, which counts what goes to them. */
#ifndef TOOLS_TCPSUBNET_H
#define TOOLS_TCPSUBNET_H

#include <stdint.h>

enum { SUBNETS = 64 };

struct subnets {
	uint32_t count;
	struct {
		uint32_t family; /* 4 or 6 */
		/* in network byte order; the first word if it is IPv4 */
		uint32_t address[4], mask[4];
	} nets[SUBNETS];
};

/* An entry of the table. */
struct event {
	uint64_t subnet; /* which of them */
	uint64_t bytes;
};

#endif
