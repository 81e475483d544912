// SPDX-License-Identifier: Apache-2.0
// Requests to Kafka brokers in a function of the client's library that is given a socket and a buffer, and
// the addresses of TCP connections on which they go.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <net/sock.h>
#include <net/inet_sock.h>

#define BYTES 256

struct bytes {
	u8 at[BYTES];
	u8 topic[66];
};

struct request {
	u64 time, client, topic;
	u32 pid, size, correlation, from, to;
	u16 key, version, from_port, to_port, family;
	char comm[16], name[64];
};

BPF_PERCPU_ARRAY(buffers, struct bytes, 1);
BPF_PERCPU_ARRAY(requests, struct request, 1);
BPF_HASH(latest, u32, struct request);
BPF_PERF_OUTPUT(events);
BPF_HASH(by_key, u32, u64);

static inline u32 half(const u8 *at)
{
	return at[0] << 8 | at[1];
}

static inline u32 word(const u8 *at)
{
	return (u32)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

int on_request(struct pt_regs *ctx, void *connection, void *buffer, u64 length)
{
	u32 zero = 0, tid = bpf_get_current_pid_tgid(), at, client, topic;
	struct bytes *b = buffers.lookup(&zero);
	struct request *r = requests.lookup(&zero);

	if (!b || !r || length < 14)
		return 0;
	if (bpf_probe_read_user(b->at, BYTES, buffer))
		return 0;
	r->size = word(b->at);
	r->key = half(b->at + 4);
	r->version = half(b->at + 6);
	r->correlation = word(b->at + 8);
	client = half(b->at + 12);
	if (r->size + 4 != length || r->key > 74 || r->version > 20 || client > 96)
		return 0;
	r->client = r->topic = 7;
#pragma unroll
	for (int i = 0; i < 96; i++) {
		if (i < client)
			r->client = r->client * 131 + b->at[14 + i];
	}
	/* acks, timeout and the number of topics come before the first name */
	at = 14 + client + (r->key ? 16 : 10);
	if (bpf_probe_read_user(b->topic, sizeof(b->topic), buffer + at))
		return 0;
	topic = half(b->topic);
#pragma unroll
	for (int i = 0; i < 63; i++) {
		u8 c = b->topic[2 + i];

		if (i >= topic)
			c = 0;
		r->name[i] = c;
		r->name[i + 1] = 0;
		r->topic = r->topic * 131 + c;
	}
	r->time = bpf_ktime_get_ns();
	r->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&r->comm, sizeof(r->comm));
	u32 key = r->key;

	by_key.increment(key);
	latest.update(&tid, r);
	return 0;
}

int on_sendmsg(struct pt_regs *ctx, struct sock *sk, struct msghdr *msg, size_t size)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct request *r = latest.lookup(&tid);
	struct inet_sock *inet = (struct inet_sock *)sk;

	if (!r)
		return 0;
	r->family = sk->__sk_common.skc_family;
	r->from = sk->__sk_common.skc_rcv_saddr;
	r->to = sk->__sk_common.skc_daddr;
	r->from_port = inet->inet_sport;
	r->to_port = sk->__sk_common.skc_dport;
	if (r->family == AF_INET || r->family == AF_INET6)
		events.perf_submit(ctx, r, sizeof(*r));
	latest.delete(&tid);
	return 0;
}
