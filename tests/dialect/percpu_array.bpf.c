/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} sums SEC(".maps");

SEC("syscall")
int run(void *ctx)
{
	u32 zero = 0;
	u64 *sum = bpf_map_lookup_elem(&sums, &zero);

	if (sum)
		*sum += 1;
	put(0, sum ? *sum : 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
