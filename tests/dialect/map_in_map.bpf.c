/* SPDX-License-Identifier: Apache-2.0 */
/* 0=11 1=22 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = {[0] = &first, [1] = &second},
};

SEC("syscall")
int run(void *ctx)
{
	u32 which = 0, zero = 0;
	u64 *found;
	void *inner = bpf_map_lookup_elem(&outer, &which);

	found = inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
	if (found)
		*found = 11;
	put(0, found ? *found : 0);
	which = 1;
	inner = bpf_map_lookup_elem(&outer, &which);
	found = inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
	if (found)
		*found += 22;
	put(1, found ? *found : 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
