/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct flow {
	u32 saddr, daddr;
	u16 dport;
	u16 family;
	int result;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct sock *);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct flow);
	__type(value, u64);
} flows SEC(".maps");

SEC("kprobe/tcp_v4_connect")
int BPF_KPROBE(enter, struct sock *sk)
{
	u32 tid = bpf_get_current_pid_tgid();

	if (OWN)
		bpf_map_update_elem(&sockets, &tid, &sk, BPF_ANY);
	return 0;
}

SEC("kretprobe/tcp_v4_connect")
int BPF_KRETPROBE(leave, int result)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct sock **found = bpf_map_lookup_elem(&sockets, &tid);
	struct flow flow = {};
	u64 one = 1, *count;

	if (!found)
		return 0;
	flow.result = result;
	BPF_CORE_READ_INTO(&flow.saddr, *found, __sk_common.skc_rcv_saddr);
	BPF_CORE_READ_INTO(&flow.daddr, *found, __sk_common.skc_daddr);
	flow.dport = bpf_ntohs(BPF_CORE_READ(*found, __sk_common.skc_dport));
	flow.family = BPF_CORE_READ(*found, __sk_common.skc_family);
	bpf_map_delete_elem(&sockets, &tid);
	count = bpf_map_lookup_elem(&flows, &flow);
	if (count)
		*count += 1;
	else
		bpf_map_update_elem(&flows, &flow, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
