/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

__weak int choice(int n)
{
	return n + 1;
}

SEC("syscall")
int run(void *ctx)
{
	put(0, choice(1));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
