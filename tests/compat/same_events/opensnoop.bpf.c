/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct event {
	int flags, result;
	char path[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u64);
	__type(value, struct trace_event_raw_sys_enter);
} started SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("tp/syscalls/sys_enter_openat")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct trace_event_raw_sys_enter args = {};

	if (!OWN)
		return 0;
	args.id = ctx->id;
	args.args[0] = ctx->args[0];
	args.args[1] = ctx->args[1];
	args.args[2] = ctx->args[2];
	bpf_map_update_elem(&started, &id, &args, BPF_ANY);
	return 0;
}

SEC("tp/syscalls/sys_exit_openat")
int leave(struct trace_event_raw_sys_exit *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct trace_event_raw_sys_enter *args = bpf_map_lookup_elem(&started, &id);
	struct event *e;

	if (!args)
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (e) {
		__builtin_memset(e, 0, sizeof(*e));
		e->flags = args->args[2];
		e->result = ctx->ret;
		bpf_probe_read_user_str(e->path, sizeof(e->path), (void *)args->args[1]);
		bpf_ringbuf_submit(e, 0);
	}
	bpf_map_delete_elem(&started, &id);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
