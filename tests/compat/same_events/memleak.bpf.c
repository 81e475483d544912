/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} sizes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} addresses SEC(".maps");

u64 freed = 0, freed_bytes = 0;

SEC("uprobe/libc.so.6:malloc")
int BPF_KPROBE(malloc_enter, size_t size)
{
	u64 id = bpf_get_current_pid_tgid(), value = size;

	if (OWN)
		bpf_map_update_elem(&sizes, &id, &value, BPF_ANY);
	return 0;
}

SEC("uretprobe/libc.so.6:malloc")
int BPF_KRETPROBE(malloc_leave, u64 address)
{
	u64 id = bpf_get_current_pid_tgid(), *size = bpf_map_lookup_elem(&sizes, &id);

	if (size)
		bpf_map_update_elem(&addresses, &address, size, BPF_ANY);
	return 0;
}

SEC("uprobe/libc.so.6:free")
int BPF_KPROBE(free_enter, u64 address)
{
	u64 *size = bpf_map_lookup_elem(&addresses, &address);

	if (!OWN || !size)
		return 0;
	freed++;
	freed_bytes += *size;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
