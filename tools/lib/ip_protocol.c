/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <stddef.h>

#include "ip_protocol.h"

const char *ip_protocol_name(unsigned protocol)
{
	switch (protocol) {
	case IPPROTO_ICMP:
		return "ICMP";
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_DCCP:
		return "DCCP";
	case IPPROTO_ICMPV6:
		return "ICMPV6";
	case IPPROTO_SCTP:
		return "SCTP";
	case IPPROTO_UDPLITE:
		return "UDPLITE";
	case IPPROTO_RAW:
		return "RAW";
	case 262: /* IPPROTO_MPTCP, which not every C library knows */
		return "MPTCP";
	}
	return NULL;
}
