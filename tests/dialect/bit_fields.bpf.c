/* SPDX-License-Identifier: Apache-2.0 */
/* 0=5 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct flags {
	u32 three : 3;
	u32 one : 1;
};

SEC("syscall")
int run(void *ctx)
{
	volatile struct flags flags = {.three = 5, .one = 1};

	put(0, flags.three);
	put(1, flags.one);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
