/* SPDX-License-Identifier: Apache-2.0 */
/* 0=43 1=1 Linux 6.9 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

#define __arena __attribute__((address_space(1)))

void __arena *bpf_arena_alloc_pages(
	void *map, void __arena *at, u32 count, int node, u64 flags) __ksym __weak;
void bpf_arena_free_pages(void *map, void __arena *at, u32 count) __ksym __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 10);
} arena SEC(".maps");

struct arena_node {
	struct arena_node __arena *next;
	u64 value;
};

SEC("syscall")
int run(void *ctx)
{
	struct arena_node __arena *first = bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0), *n;
	u64 sum = 0;

	if (!first)
		return 0;
	first[0].value = 40;
	first[0].next = &first[1];
	first[1].value = 3;
	first[1].next = NULL;
	n = first;
	for (int i = 0; n && i < 4; i++, n = n->next)
		sum += n->value;
	put(0, sum);
	put(1, first[1].next == NULL);
	bpf_arena_free_pages(&arena, first, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
