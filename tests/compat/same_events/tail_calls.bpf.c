/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 64);
	__type(value, u64);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, u32);
} networks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(u32));
	__array(values, int(void *));
} calls SEC(".maps") = {.values = {[1] = (void *)0}};

static long each(struct bpf_map *map, u32 *key, u64 *value, void *ctx)
{
	*(u64 *)ctx += *value;
	return 0;
}

SEC("raw_tp/sys_enter")
int BPF_PROG(enter, struct pt_regs *regs, long id)
{
	u64 number = id, sum = 0, key = 8 | 0x0aULL << 32;
	u32 value = 5;

	if (!OWN || id != 121)
		return 0;
	put(1, 40);
	put(2, 2);
	bpf_map_push_elem(&queue, &number, 0);
	bpf_map_update_elem(&networks, &key, &value, BPF_ANY);
	bpf_for_each_map_elem(&out, each, &sum, 0);
	put(3, sum);
	bpf_tail_call(ctx, &calls, 1);
	put(4, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
