/* SPDX-License-Identifier: Apache-2.0 */
/* 0=15 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 5;

	asm volatile("%[sum] += 10" : [sum] "+r"(sum));
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
