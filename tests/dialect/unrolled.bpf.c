/* SPDX-License-Identifier: Apache-2.0 */
/* 0=28 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0;

#pragma unroll
	for (int i = 0; i < 8; i++)
		sum += i;
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
