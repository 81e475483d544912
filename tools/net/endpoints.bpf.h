/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of a socket's connection. */
#include "endpoints.h"

#include <net/sock.h>

const volatile u32 only_family; /* 4 or 6; 0: both */

/* sys/socket.h */
#define ENDPOINTS_IPV4 2
#define ENDPOINTS_IPV6 10

static inline bool endpoints_are_mapped(const struct in6_addr *address)
{
	return !address->in6_u.u6_addr32[0] && !address->in6_u.u6_addr32[1] &&
	       address->in6_u.u6_addr32[2] == bpf_htonl(0xffff);
}

/* An IPv6 socket whose other side has a mapped IPv4 address has an IPv4 connection. Returns false if it is
 * neither, or not wanted. */
static inline bool endpoints_of(struct endpoints *ends, struct sock_common *sk)
{
	u16 family = sk->skc_family;

	if (family == ENDPOINTS_IPV4 || (family == ENDPOINTS_IPV6 && endpoints_are_mapped(&sk->skc_v6_daddr)))
		ends->family = 4;
	else if (family == ENDPOINTS_IPV6)
		ends->family = 6;
	else
		return false;
	if (only_family && ends->family != only_family)
		return false;
	if (ends->family == 4) {
		__builtin_memcpy(ends->laddr, &sk->skc_rcv_saddr, 4);
		__builtin_memcpy(ends->raddr, &sk->skc_daddr, 4);
	} else {
		__builtin_memcpy(ends->laddr, &sk->skc_v6_rcv_saddr, 16);
		__builtin_memcpy(ends->raddr, &sk->skc_v6_daddr, 16);
	}
	ends->lport = sk->skc_num;
	ends->rport = bpf_ntohs(sk->skc_dport);
	return true;
}
