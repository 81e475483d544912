/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct data {
	u64 count, total;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, u32);
	__type(value, struct data);
} calls SEC(".maps");

const volatile bool count_failed = true;

SEC("tracepoint/raw_syscalls/sys_exit")
int leave(struct trace_event_raw_sys_exit *args)
{
	struct data fresh = {1, 0}, *d;
	u32 id = args->id;

	if (!OWN || (!count_failed && args->ret < 0))
		return 0;
	d = bpf_map_lookup_elem(&calls, &id);
	if (d) {
		__sync_fetch_and_add(&d->count, 1);
		d->total += args->ret < 0 ? -args->ret : 0;
	} else {
		fresh.total = args->ret < 0 ? -args->ret : 0;
		bpf_map_update_elem(&calls, &id, &fresh, BPF_NOEXIST);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
