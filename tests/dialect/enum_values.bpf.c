/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2 1=7 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

enum mine { BEFORE = 6, MINE };

SEC("syscall")
int run(void *ctx)
{
	put(0, BPF_EXIST);
	put(1, MINE);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
