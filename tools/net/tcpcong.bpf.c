/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long connections are in each state of congestion control: where the kernel sets it, if it says so
 * (5.19), else where a segment arrives.
 */
#include "tcpcong.h"

#include "count.bpf.h"
#include "endpoints.bpf.h"
#include "hist.bpf.h"
#include "netns.bpf.h"

#include <net/inet_connection_sock.h>

const volatile struct ports lports, rports;
const volatile bool as_histograms;
const volatile u64 unit = 1; /* nanoseconds in a unit of the histogram */

BPF_TABLE("lru_hash", struct endpoints, struct times, flows, 65536);

static inline bool is_port_unwanted(const volatile struct ports *ports, u32 port)
{
	return ports->to && (port < ports->from || port > ports->to);
}

static inline bool has_other_side(const struct endpoints *ends)
{
	const u32 *words = (const u32 *)ends->raddr;

	return words[0] || words[1] || words[2] || words[3];
}

static inline int note(struct sock *sk, u32 state)
{
	u64 now = bpf_ktime_get_ns(), in_state;
	struct endpoints ends = {};
	struct times *times;

	if (state >= STATES || netns_is_unwanted(netns_number(sk->__sk_common.skc_net.net)) ||
		!endpoints_of(&ends, &sk->__sk_common) || !has_other_side(&ends))
		return 0;
	if (is_port_unwanted(&lports, ends.lport) || is_port_unwanted(&rports, ends.rport))
		return 0;
	times = flows.lookup(&ends);
	if (!times) {
		struct times fresh = {.since = now, .socket = (u64)sk, .state = state};

		if (flows.update(&ends, &fresh))
			event_missed();
		return 0;
	}
	if (times->socket != (u64)sk) {
		times->socket = (u64)sk;
		times->since = now;
		times->state = state;
		return 0;
	}
	if (times->state == state || times->state >= STATES)
		return 0;
	in_state = now - times->since;
	times->ns[times->state] += in_state;
	times->changes++;
	if (as_histograms) {
		struct hist_key key = {.section = times->state, .slot = bpf_log2l(in_state / unit)};

		hist_add(&key);
	}
	times->since = now;
	times->state = state;
	return 0;
}

RAW_TRACEPOINT_PROBE(tcp_cong_state_set)
{
	return note((struct sock *)ctx->args[0], (u8)ctx->args[1]);
}

RAW_TRACEPOINT_PROBE(tcp_probe)
{
	struct sock *sk = (struct sock *)ctx->args[0];

	return note(sk, ((struct inet_connection_sock *)sk)->icsk_ca_state);
}
