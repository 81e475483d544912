/* SPDX-License-Identifier: Apache-2.0 */
/* 0=42 1=12 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

__noinline int times(int a, int b)
{
	return a * b;
}

static __noinline int inner(int a, int b)
{
	return times(a, b);
}

SEC("syscall")
int run(void *ctx)
{
	put(0, times(6, 7));
	put(1, inner(3, 4));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
