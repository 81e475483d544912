/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes by connection and process. Connections end: the table forgets those that have been quiet for long. */
#include "tcptop.h"
#include "endpoints.bpf.h"
#include "filter.bpf.h"
#include "missed.bpf.h"
#include "netns.bpf.h"
#include "tcp_bytes.bpf.h"

BPF_TABLE("lru_hash", struct tcptop_key, struct tcptop_value, flows, 65536);

static inline int tcp_bytes(struct sock *sk, s64 bytes, bool sent)
{
	struct tcptop_value *value, none = {};
	struct tcptop_key key = {};

	if (current_is_unwanted() || netns_is_unwanted(netns_number(sk->__sk_common.skc_net.net)) ||
		!endpoints_of(&key.ends, &sk->__sk_common))
		return 0;
	key.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	value = flows.lookup(&key);
	if (!value) {
		/* another CPU may have been quicker */
		flows.insert(&key, &none);
		value = flows.lookup(&key);
	}
	if (!value) {
		event_missed();
		return 0;
	}
	__sync_fetch_and_add(&value->bytes, bytes);
	__sync_fetch_and_add(sent ? &value->sent : &value->received, bytes);
	return 0;
}

TCP_BYTES_SENT
TCP_BYTES_RECEIVED
