/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes sent, by the first network of the user's that the other side is in. */
#include "tcpsubnet.h"
#include "count.bpf.h"
#include "endpoints.bpf.h"
#include "filter.bpf.h"
#include "netns.bpf.h"
#include "tcp_bytes.bpf.h"

const volatile struct subnets subnets;

BPF_HASH(sent, u64, u64, SUBNETS);

static inline bool is_in_subnet(u32 i, u32 family, const u32 *address)
{
	u32 differs = 0;

	for (int word = 0; word < 4; word++)
		differs |= (address[word] & subnets.nets[i].mask[word]) ^ subnets.nets[i].address[word];
	return !differs && subnets.nets[i].family == family;
}

static inline int tcp_bytes(struct sock *sk, s64 bytes, bool is_sent)
{
	struct endpoints ends = {};
	u32 count = subnets.count;

	if (current_is_unwanted() || netns_is_unwanted(netns_number(sk->__sk_common.skc_net.net)) ||
		!endpoints_of(&ends, &sk->__sk_common))
		return 0;
	for (u32 i = 0; i < SUBNETS && i < count; i++)
		if (is_in_subnet(i, ends.family, (const u32 *)ends.raddr)) {
			u64 key = i;

			count_add(sent, &key, bytes);
			break;
		}
	return 0;
}

TCP_BYTES_SENT
