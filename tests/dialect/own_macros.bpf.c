/* SPDX-License-Identifier: Apache-2.0 */
/* 0=9 1=4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"
#include "own_macros.h"

#define BPF_ARRAY(table, value_type, count) OWN_TABLE(table, BPF_MAP_TYPE_ARRAY, u32, value_type, count)

BPF_HASH(squares, u32, u64, 16)
BPF_ARRAY(roots, u64, 16)

SEC("syscall")
int run(void *ctx)
{
	u32 three = 3, two = 2;
	u64 nine = 9, four = 4, *value;

	bpf_map_update_elem(&squares, &three, &nine, BPF_ANY);
	value = bpf_map_lookup_elem(&squares, &three);
	if (value)
		put(0, *value);
	bpf_map_update_elem(&roots, &two, &four, BPF_ANY);
	value = bpf_map_lookup_elem(&roots, &two);
	if (value)
		put(1, *value);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
