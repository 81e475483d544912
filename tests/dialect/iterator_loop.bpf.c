/* SPDX-License-Identifier: Apache-2.0 */
/* 0=45; Linux 6.4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0;
	int i;

	bpf_for(i, 0, 10) sum += i;
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
