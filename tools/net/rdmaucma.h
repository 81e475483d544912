/* SPDX-License-Identifier: Apache-2.0 */
/* What rdmaucma.bpf.c reports to rdmaucma.c. */
#ifndef TOOLS_RDMAUCMA_H
#define TOOLS_RDMAUCMA_H

#include <stdint.h>

struct rdmaucma_place {
	uint16_t family; /* AF_… */
	uint16_t port;
	uint8_t address[16]; /* in network byte order, 4 bytes of AF_INET */
};

struct event {
	uint64_t time;
	uint32_t type; /* enum rdma_cm_event_type */
	int32_t status;
	struct rdmaucma_place local, remote;
};

#endif
