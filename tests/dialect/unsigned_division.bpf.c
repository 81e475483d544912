/* SPDX-License-Identifier: Apache-2.0 */
/* 0=14 1=2 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	volatile u64 hundred = 100;

	put(0, hundred / 7);
	put(1, hundred % 7);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
