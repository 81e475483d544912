/* SPDX-License-Identifier: Apache-2.0 */
/* 0=24 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct prefix {
	u32 length;
	u8 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16);
	__type(key, struct prefix);
	__type(value, u32);
} networks SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	struct prefix prefix = {.length = 24, .address = {10, 1, 2}};
	u32 bits = 24, *found;

	bpf_map_update_elem(&networks, &prefix, &bits, BPF_ANY);
	prefix.length = 32;
	prefix.address[3] = 99;
	found = bpf_map_lookup_elem(&networks, &prefix);
	put(0, found ? *found : 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
