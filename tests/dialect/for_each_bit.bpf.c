/* SPDX-License-Identifier: Apache-2.0 */
/* 0=7 Linux 6.11 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	u64 bits = 0x16, sum = 0;
	int *bit;

	bpf_for_each(bits, bit, &bits, 1) sum += *bit;
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
