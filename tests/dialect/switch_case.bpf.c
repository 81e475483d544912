/* SPDX-License-Identifier: Apache-2.0 */
/* 0=20 1=5 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

static __noinline int weight(int kind)
{
	switch (kind) {
	case 1:
		return 10;
	case 2:
		return 20;
	case 3:
		return 35;
	default:
		return 5;
	}
}

SEC("syscall")
int run(void *ctx)
{
	put(0, weight(2));
	put(1, weight(9));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
