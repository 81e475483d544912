/* SPDX-License-Identifier: Apache-2.0 */
/* 0=9 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, char[16]);
	__type(value, u64);
} names SEC(".maps");

SEC("syscall")
int run(void *ctx)
{
	char name[16] = "nine";
	u64 nine = 9, *found;

	bpf_map_update_elem(&names, name, &nine, BPF_ANY);
	found = bpf_map_lookup_elem(&names, name);
	put(0, found ? *found : 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
