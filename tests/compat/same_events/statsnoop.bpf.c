/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct event {
	s64 result;
	char path[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct event);
} heap SEC(".maps");

static __noinline struct event *event_new(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&heap, &zero);
}

SEC("tp/syscalls/sys_enter_mkdir")
int mkdirs(struct trace_event_raw_sys_enter *ctx)
{
	struct event *e = event_new();

	if (!e || !OWN)
		return 0;
	e->result = ctx->args[1];
	bpf_probe_read_user_str(e->path, sizeof(e->path), (const char *)ctx->args[0]);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, e, sizeof(*e));
	return 0;
}

SEC("tp/syscalls/sys_enter_unlink")
int unlinks(struct trace_event_raw_sys_enter *ctx)
{
	struct event *e = event_new();
	long size;

	if (!e || !OWN)
		return 0;
	size = bpf_probe_read_user_str(e->path, sizeof(e->path), (const char *)ctx->args[0]);
	if (size <= 0)
		return 0;
	e->result = size;
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, e, sizeof(e->result) + (size & 63));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
