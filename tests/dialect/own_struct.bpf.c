/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2 1=4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* names of the kernel's, with other members */
struct task_struct {
	int first, second;
};

union own {
	u64 all;
	u32 low;
};

SEC("syscall")
int run(void *ctx)
{
	struct task_struct mine = {1, 2};
	union own both = {.all = 4};

	put(0, mine.second);
	put(1, both.low);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
