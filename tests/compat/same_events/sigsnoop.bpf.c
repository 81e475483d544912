/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct key_of_count {
	int sig, code;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct key_of_count);
	__type(value, u64);
} signals SEC(".maps");

SEC("tracepoint/signal/signal_generate")
int generated(struct trace_event_raw_signal_generate *ctx)
{
	struct key_of_count key = {};
	u64 one = 1, *count;

	if (!OWN)
		return 0;
	key.sig = ctx->sig;
	key.code = ctx->code;
	bpf_probe_read_kernel(key.comm, sizeof(key.comm), ctx->comm);
	count = bpf_map_lookup_elem(&signals, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&signals, &key, &one, BPF_NOEXIST);
	return 0;
}

SEC("tp/syscalls/sys_enter_kill")
int killed(struct trace_event_raw_sys_enter *ctx)
{
	if (OWN)
		put(ctx->args[1] & 15, ctx->args[0]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
