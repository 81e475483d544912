/* SPDX-License-Identifier: Apache-2.0 */
/* 0=12 1=1 2=9 Linux 6.9 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

#define __arena __attribute__((address_space(1)))

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1000000);
} arena SEC(".maps");

u64 __arena counter = 5;
u64 __arena zero;
static u32 __arena list[2000] = {[1999] = 9};

SEC("syscall")
int run(void *ctx)
{
	u32 __arena *last = &list[1999];

	counter += 7;
	zero++;
	put(0, counter);
	put(1, zero);
	put(2, *last);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
