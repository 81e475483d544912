/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4950 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	volatile u64 sum = 0;

	for (int i = 0; i < 100; i++)
		sum += i;
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
