/* SPDX-License-Identifier: Apache-2.0 */
/* 0=3 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct two_numbers {
	u32 a;
	u32 b;
};

struct value {
	u64 sum;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, struct two_numbers);
	__type(value, struct value);
} last SEC(".maps");

SEC("syscall")
int run(void *ctx)
{
	struct two_numbers key = {.a = 1, .b = 2};
	struct value value = {.sum = 3}, *found;

	bpf_map_update_elem(&last, &key, &value, BPF_ANY);
	found = bpf_map_lookup_elem(&last, &key);
	put(0, found ? found->sum : 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
