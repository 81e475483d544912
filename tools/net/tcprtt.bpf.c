/* SPDX-License-Identifier: Apache-2.0 */
/* The smoothed round-trip time of a connection, at each segment that arrives. */
#include "tcprtt.h"

#define HIST_SECTION_TYPE struct section
#include "count.bpf.h"
#include "endpoints.bpf.h"
#include "filter.h"
#include "hist.bpf.h"
#include "netns.bpf.h"

#include <linux/tcp.h>

const volatile u32 by;	       /* BY_… */
const volatile u64 unit = 1;   /* microseconds in a unit of the histogram */
const volatile bool with_sums; /* for averages */
const volatile struct filter_numbers lports, rports;
const volatile struct network lnet, rnet;

/* of the microseconds of each section */
BPF_HASH(sums, struct section, u64, 65536);

static inline bool is_port_unwanted(const volatile struct filter_numbers *ports, u32 port)
{
	u32 count = ports->count, found = 0;

	for (u32 i = 0; i < FILTER_NUMBERS && i < count; i++)
		found |= ports->numbers[i] == port;
	return count && !found;
}

static inline bool is_address_unwanted(const volatile struct network *network, u32 family, const u8 *address)
{
	const u32 *words = (const u32 *)address;
	u32 differences = 0;

	if (!network->family)
		return false;
	for (int i = 0; i < 4; i++)
		differences |= (words[i] & network->mask[i]) ^ network->address[i];
	return differences || family != network->family;
}

RAW_TRACEPOINT_PROBE(tcp_probe)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct endpoints ends = {};
	struct hist_key key = {};
	u64 us;

	if (netns_is_unwanted(netns_number(sk->__sk_common.skc_net.net)) ||
		!endpoints_of(&ends, &sk->__sk_common))
		return 0;
	if (is_port_unwanted(&lports, ends.lport) || is_port_unwanted(&rports, ends.rport) ||
		is_address_unwanted(&lnet, ends.family, ends.laddr) ||
		is_address_unwanted(&rnet, ends.family, ends.raddr))
		return 0;
	if (by) {
		key.section.family = ends.family;
		__builtin_memcpy(key.section.address, by == BY_LOCAL ? ends.laddr : ends.raddr, 16);
	}
	/* the kernel keeps eighths */
	us = ((struct tcp_sock *)sk)->srtt_us >> 3;
	key.slot = bpf_log2l(us / unit);
	hist_add(&key);
	if (with_sums)
		count_add(sums, &key.section, us);
	return 0;
}
