/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4 Linux 6.15 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct guarded {
	struct bpf_res_spin_lock lock;
	u32 sum;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct guarded);
} table SEC(".maps");

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	u32 zero = 0;
	struct guarded *guarded = bpf_map_lookup_elem(&table, &zero);

	if (!guarded || bpf_res_spin_lock(&guarded->lock))
		return 0;
	guarded->sum += 4;
	bpf_res_spin_unlock(&guarded->lock);
	put(0, guarded->sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
