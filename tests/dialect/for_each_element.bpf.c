/* SPDX-License-Identifier: Apache-2.0 */
/* 0=6 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, u32);
	__type(value, u64);
} numbers SEC(".maps");

static __noinline void set(u32 key, u64 value)
{
	bpf_map_update_elem(&numbers, &key, &value, BPF_ANY);
}

static long add(struct bpf_map *map, u32 *key, u64 *value, u64 *sum)
{
	*sum += *value;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0;

	set(1, 1);
	set(2, 2);
	set(3, 3);
	bpf_for_each_map_elem(&numbers, add, &sum, 0);
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
