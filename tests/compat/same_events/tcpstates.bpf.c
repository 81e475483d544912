/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct event {
	u32 saddr, daddr;
	u16 sport, dport;
	int old, new;
	u64 family;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

SEC("tracepoint/sock/inet_sock_set_state")
int changed(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	struct event e = {};

	/* packets of lo are handled where they are sent */
	if (!OWN || ctx->protocol != IPPROTO_TCP)
		return 0;
	e.old = ctx->oldstate;
	e.new = ctx->newstate;
	e.sport = ctx->sport;
	e.dport = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	e.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	bpf_probe_read_kernel(&e.saddr, sizeof(e.saddr), ctx->saddr);
	bpf_core_read(&e.daddr, sizeof(e.daddr), &sk->__sk_common.skc_daddr);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e, sizeof(e));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
