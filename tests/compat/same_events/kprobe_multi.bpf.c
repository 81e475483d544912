/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u64);
	__type(value, u64);
} functions SEC(".maps");

SEC("kprobe.multi/vfs_un*")
int BPF_KPROBE(any)
{
	u64 ip = bpf_get_func_ip(ctx), one = 1, *count = bpf_map_lookup_elem(&functions, &ip);

	if (!OWN)
		return 0;
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&functions, &ip, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
