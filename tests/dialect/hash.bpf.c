/* SPDX-License-Identifier: Apache-2.0 */
/* 0=7 1=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

SEC("syscall")
int run(void *ctx)
{
	u32 key = 5;
	u64 seven = 7, *found;

	bpf_map_update_elem(&counts, &key, &seven, BPF_NOEXIST);
	found = bpf_map_lookup_elem(&counts, &key);
	put(0, found ? *found : 0);
	bpf_map_delete_elem(&counts, &key);
	put(1, bpf_map_lookup_elem(&counts, &key) != NULL);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
