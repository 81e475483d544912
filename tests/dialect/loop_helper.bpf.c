/* SPDX-License-Identifier: Apache-2.0 */
/* 0=45 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

static long add(u64 index, void *ctx)
{
	u64 *sum = ctx;

	*sum += index;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0;

	bpf_loop(10, add, &sum, 0);
	put(0, sum);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
